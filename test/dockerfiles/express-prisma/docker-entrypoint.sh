#!/bin/sh
set -e
if [ "${MIGRATE:-yes}" = yes ]; then npx prisma migrate deploy; fi
exec "$@"

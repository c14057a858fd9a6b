import { databaseError } from '@berth/database/errors.ts'

/** As the store says it of the very same host. */
export function domainTaken(host: string) {
  return databaseError['DOMAIN.TAKEN']({ host })
}

import type { AttemptStore } from '@berth/people'
import { Prisma, type PrismaClient } from './client.ts'

/** The database's own clock counts: it is one for all processes. */
export function attemptStore(prisma: PrismaClient): AttemptStore {
  return {
    async take(key, { free, longestMs, forgetMs }) {
      const now = Prisma.sql`(clock_timestamp() AT TIME ZONE 'UTC')`
      const count = Prisma.sql`CASE WHEN "AttemptCount"."lastAt" > ${now} - ${forgetMs}::float8 * interval '1 millisecond'
        THEN LEAST("AttemptCount"."failures" + 1, 1000000) ELSE 1 END`
      const [row] = await prisma.$queryRaw<{ key: string }[]>`
        INSERT INTO "AttemptCount" ("key", "failures", "lastAt", "blockedUntil")
        VALUES (${key}, 1, ${now}, ${now} + ${delay(Prisma.sql`1`, { free, longestMs })})
        ON CONFLICT ("key") DO UPDATE SET
          "failures" = ${count},
          "lastAt" = ${now},
          "blockedUntil" = ${now} + ${delay(count, { free, longestMs })}
        WHERE "AttemptCount"."blockedUntil" <= ${now}
        RETURNING "key"`
      return row === undefined ? Math.max(1, await waitMs(prisma, key)) : 0
    },
    waitMs: (key) => waitMs(prisma, key),
    async giveBack(key) {
      await prisma.$executeRaw`
        UPDATE "AttemptCount" SET "failures" = GREATEST("failures" - 1, 0), "blockedUntil" = "lastAt"
        WHERE "key" = ${key}`
    },
    async forget(keys) {
      await prisma.attemptCount.deleteMany({ where: { key: { in: [...keys] } } })
    },
    async forgetBefore(before) {
      return (await prisma.attemptCount.deleteMany({ where: { lastAt: { lt: before } } })).count
    },
  }
}

/** As `delayMs` of packages/people says; the contract's test holds the two together. */
function delay(count: Prisma.Sql, { free, longestMs }: { free: number; longestMs: number }): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${count} < ${free}::int THEN interval '0'
    ELSE LEAST(${longestMs}::float8, 1000 * 2.0 ^ LEAST(${count} - ${free}::int, 30)) * interval '1 millisecond' END`
}

async function waitMs(prisma: PrismaClient, key: string): Promise<number> {
  const [row] = await prisma.$queryRaw<{ wait: number }[]>`
    SELECT (EXTRACT(EPOCH FROM "blockedUntil" - (clock_timestamp() AT TIME ZONE 'UTC')) * 1000)::float8 AS wait
    FROM "AttemptCount" WHERE "key" = ${key}`
  return Math.max(0, Math.ceil(row?.wait ?? 0))
}

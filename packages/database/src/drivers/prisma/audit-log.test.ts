import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeAttempts } from '../attempts.contract.ts'
import { describeAuditLog } from '../audit-log.contract.ts'
import { describeTeams } from '../teams.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeAuditLog(() => database().audit)
describeAttempts(() => database().attempts)
describeTeams(database)

const entry = {
  ...{ personId: null, who: 'Ada', by: null, action: 'apps.create', teamId: null, appId: null },
  ...{ object: 'app shop', door: 'api' as const, address: null, userAgent: null },
}
const longAgo = new Date(Date.now() - 500 * 24 * 60 * 60_000)

test('the database refuses to change an entry, to remove it and to empty the table', async () => {
  const { prisma } = database()
  const id = await database().audit.begin(entry)
  const changes = [
    `UPDATE "AuditEntry" SET "who" = 'Eve' WHERE "id" = '${id}'`,
    `UPDATE "AuditEntry" SET "outcome" = 'unheard of' WHERE "id" = '${id}'`,
    `UPDATE "AuditEntry" SET "outcome" = 'done', "who" = 'Eve' WHERE "id" = '${id}'`,
    `UPDATE "AuditEntry" SET "outcome" = 'done', "at" = now() WHERE "id" = '${id}'`,
    `DELETE FROM "AuditEntry" WHERE "id" = '${id}'`,
    `TRUNCATE "AuditEntry"`,
  ]
  for (const sql of changes) await expect(prisma.$executeRawUnsafe(sql), sql).rejects.toThrow(/append-only/)
  await database().audit.end(id, { outcome: 'done' })
  const again = `UPDATE "AuditEntry" SET "outcome" = 'failed' WHERE "id" = '${id}'`
  await expect(prisma.$executeRawUnsafe(again)).rejects.toThrow(/append-only/)
  expect(await prisma.auditEntry.findUnique({ where: { id } })).toMatchObject({ who: 'Ada', outcome: 'done' })
})

test('what is old goes by forgetting alone', async () => {
  const { prisma } = database()
  const old = { ...entry, id: randomUUID(), at: longAgo, outcome: 'done' }
  await prisma.auditEntry.createMany({ data: [old] })
  const removal = `DELETE FROM "AuditEntry" WHERE "id" = '${old.id}'`
  await expect(prisma.$executeRawUnsafe(removal)).rejects.toThrow(/append-only/)
  expect(await database().audit.forget(new Date(longAgo.getTime() - 1_000))).toBe(0)
  expect(await database().audit.forget(new Date(longAgo.getTime() + 1_000))).toBe(1)
  expect(await prisma.auditEntry.findUnique({ where: { id: old.id } })).toBeNull()
})

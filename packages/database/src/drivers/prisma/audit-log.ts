import { randomUUID } from 'node:crypto'
import type { AuditBeginning, AuditDoor, AuditEnding, AuditEntry, AuditOutcome } from '@berth/domain'
import { type AuditLog, type AuditQuery, auditText } from '@berth/observe'
import { isRecordId } from '../record-id.ts'
import { Prisma, type PrismaClient } from './client.ts'
import { twiceIfLost } from './outcomes.ts'

/**
 * The database holds the contract up by itself: a trigger refuses every UPDATE but the one that ends an entry, and every
 * DELETE and TRUNCATE but those of `forget`, which says for its own transaction that it may (`berth.forget_audit`).
 */
export function auditLog(prisma: PrismaClient): AuditLog {
  return {
    async begin(entry) {
      const id = randomUUID()
      await write(prisma, { ...columns(entry), id, at: new Date() })
      return id
    },
    async end(id, ending) {
      const where = { id, outcome: 'begun' }
      await twiceIfLost(() => prisma.auditEntry.updateMany({ where, data: endColumns(ending) }))
    },
    async add(entry, ending) {
      await write(prisma, { ...columns(entry), ...endColumns(ending), id: randomUUID(), at: new Date() })
    },
    async list(query) {
      if (![query.teamId, query.personId, query.appId].every((id) => id === undefined || isRecordId(id)))
        return []
      const orderBy = [{ at: 'desc' as const }, { id: 'desc' as const }]
      const rows = await prisma.auditEntry.findMany({ where: filter(query), orderBy, take: query.limit })
      return rows.map(toEntry)
    },
    forget: (before) => forget(prisma, before),
  }
}

/** ON CONFLICT DO NOTHING: after a broken connection it may be there already. */
async function write(prisma: PrismaClient, data: Prisma.AuditEntryCreateManyInput): Promise<void> {
  await twiceIfLost(() => prisma.auditEntry.createMany({ data: [data], skipDuplicates: true }))
}

const longest = { who: 400, by: 200, action: 200, object: 300, address: 100, userAgent: 300 }

function columns(entry: AuditBeginning): Omit<Prisma.AuditEntryCreateManyInput, 'id'> {
  const cut = (name: keyof typeof longest) => entry[name]?.slice(0, longest[name]) ?? null
  return {
    ...{ personId: entry.personId, teamId: entry.teamId, appId: entry.appId, door: entry.door },
    ...{ who: cut('who') ?? '', action: cut('action') ?? '', object: cut('object') ?? '' },
    ...{ by: cut('by'), address: cut('address'), userAgent: cut('userAgent') },
  }
}

/** An object that was known from the beginning is not taken back. */
function endColumns({ outcome, error, before, after, teamId, appId, object }: AuditEnding) {
  return {
    ...{ outcome, error: error ?? null, endedAt: new Date() },
    ...{ before: json(before), after: json(after) },
    ...(teamId ? { teamId } : {}),
    ...(appId ? { appId } : {}),
    ...(object ? { object: object.slice(0, longest.object) } : {}),
  }
}

/** SQL's NULL where nothing was told. */
function json(given: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  const text = auditText(given)
  return text === null ? Prisma.DbNull : (text as Prisma.InputJsonValue)
}

function filter({ teamId, personId, appId, action, since, until, after }: AuditQuery) {
  const both: Prisma.AuditEntryWhereInput[] = []
  if (action !== undefined) both.push({ OR: [{ action }, { action: { startsWith: `${action}.` } }] })
  if (after) both.push({ OR: [{ at: { lt: after.at } }, { at: after.at, id: { lt: after.id } }] })
  return { teamId, personId, appId, at: { gte: since, lte: until }, AND: both }
}

function toEntry(row: Prisma.AuditEntryGetPayload<object>): AuditEntry {
  return { ...row, door: row.door as AuditDoor, outcome: row.outcome as AuditOutcome }
}

/** So that no transaction is long. */
const atOnce = 5_000

async function forget(prisma: PrismaClient, before: Date): Promise<number> {
  const [, count] = await prisma.$transaction([
    prisma.$executeRaw`SELECT set_config('berth.forget_audit', 'on', true)`,
    prisma.$executeRaw`DELETE FROM "AuditEntry" WHERE "id" IN (
      SELECT "id" FROM "AuditEntry"
      WHERE "at" < ${before} AND "at" < (now() AT TIME ZONE 'UTC') - interval '30 days'
      ORDER BY "at" LIMIT ${atOnce})`,
  ])
  return count
}

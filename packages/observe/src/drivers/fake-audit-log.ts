import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '@berth/domain'
import type { AuditLog, AuditQuery } from '../audit/audit-log.ts'
import { auditText } from '../audit/audit-text.ts'

/** `entries` is what a test looks at, the oldest first. */
export type FakeAuditLog = AuditLog & { entries: AuditEntry[] }

/** As long as the database keeps an entry at least. */
const keptMs = 30 * 24 * 60 * 60_000

export function fakeAuditLog(): FakeAuditLog {
  const entries: AuditEntry[] = []
  const log: FakeAuditLog = {
    entries,
    async begin(entry) {
      const id = randomUUID()
      const open = { endedAt: null, before: null, after: null, outcome: 'begun' as const, error: null }
      entries.push({ ...structuredClone(entry), id, at: new Date(), ...open })
      return id
    },
    async end(id, { before, after, ...ending }) {
      const entry = entries.find((one) => one.id === id)
      if (entry?.outcome !== 'begun') return
      const known = Object.fromEntries(Object.entries(ending).filter(([, value]) => value != null))
      Object.assign(entry, known, {
        ...{ before: auditText(before), after: auditText(after), endedAt: new Date() },
      })
    },
    async add(entry, ending) {
      await log.end(await log.begin(entry), ending)
    },
    async list(query) {
      const found = entries.filter((entry) => fits(entry, query))
      return structuredClone(found.sort((one, other) => order(other, one)).slice(0, query.limit))
    },
    async forget(before) {
      const kept = entries.filter(({ at }) => at >= before || at.getTime() > Date.now() - keptMs)
      return entries.splice(0, entries.length, ...kept).length - kept.length
    },
  }
  return log
}

function fits(entry: AuditEntry, query: AuditQuery): boolean {
  const { teamId, personId, appId, action, since, until, after } = query
  if (teamId !== undefined && entry.teamId !== teamId) return false
  if (personId !== undefined && entry.personId !== personId) return false
  if (appId !== undefined && entry.appId !== appId) return false
  if (action !== undefined && entry.action !== action && !entry.action.startsWith(`${action}.`)) return false
  if (since !== undefined && entry.at < since) return false
  if (until !== undefined && entry.at > until) return false
  return after === undefined || order(entry, after) < 0
}

function order(one: { at: Date; id: string }, other: { at: Date; id: string }): number {
  return one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
}

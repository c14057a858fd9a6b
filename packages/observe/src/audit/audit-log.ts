import type { AuditBeginning, AuditEnding, AuditEntry } from '@berth/domain'

/**
 * Who did what. Nothing in it changes and nothing leaves it before its time.
 *
 * Contract:
 * - An entry is begun before what it tells of is done, and ended once, afterwards. What a crash interrupts stays `begun`.
 * - Ending an entry a second time changes nothing.
 * - `list` has the newest first; entries of one moment have an order all the same, and `after` goes on behind an entry.
 * - No entry leaves but by `forget`, and not within its first 30 days: the database itself refuses.
 * - What stands in `before` and `after` is bounded, and names no secret (`auditText` of this package sees to both).
 */
export interface AuditLog {
  /** Answers with the entry's id, once it is written. */
  begin(entry: AuditBeginning): Promise<string>
  end(id: string, ending: AuditEnding): Promise<void>
  /** Begun and ended in one: for what has happened already. */
  add(entry: AuditBeginning, ending: AuditEnding): Promise<void>
  list(query: AuditQuery): Promise<AuditEntry[]>
  /** Takes away what is older, some thousand at a time; answers how many that were. For the daily round alone. */
  forget(before: Date): Promise<number>
}

export type AuditQuery = {
  /** Of this team, or of this person; one of them at least. */
  teamId?: string
  personId?: string
  appId?: string
  /** The whole of it, or its beginning up to a point: `apps` finds `apps.create`. */
  action?: string
  since?: Date
  until?: Date
  /** Entries older than this one. */
  after?: { at: Date; id: string }
  limit: number
}

/**
 * One line of the audit log: who did what, to which object, from where, and what came of it. Names are kept beside the ids,
 * so that an entry still reads when its person, team or app is gone.
 */
export type AuditEntry = {
  id: string
  at: Date
  /** Null: it has begun, and nobody knows yet, or will ever know, how it ended. */
  endedAt: Date | null
  personId: string | null
  /** `Ada <ada@example.com>`, `deploy key ci`, `root at the machine`. */
  who: string
  /** What they showed besides a session: `token ci (berth_ab12)`, `key laptop`. */
  by: string | null
  /** A procedure of the API (`apps.create`), `git push`, `sign in`, a command at the machine (`account create`). */
  action: string
  teamId: string | null
  appId: string | null
  /** `app shop`, `team Harbour`; empty where it is the person's own. */
  object: string
  door: AuditDoor
  address: string | null
  userAgent: string | null
  /** Plain JSON without secrets; null where there is nothing to say. */
  before: unknown
  after: unknown
  outcome: AuditOutcome
  /** The code of the error that it ended with. */
  error: string | null
}

export type AuditDoor = 'dashboard' | 'api' | 'ssh' | 'http' | 'registry' | 'attach' | 'machine'

/** `begun`: written down before it was done; a crash leaves it so. `refused`: the fault was the asker's. */
export type AuditOutcome = 'begun' | 'done' | 'refused' | 'failed'

export type AuditBeginning = Omit<
  AuditEntry,
  'id' | 'at' | 'endedAt' | 'before' | 'after' | 'outcome' | 'error'
>

/** What is known at its end alone: an object that it made, too. */
export type AuditEnding = {
  outcome: Exclude<AuditOutcome, 'begun'>
  error?: string | null
  before?: unknown
  after?: unknown
} & Partial<Pick<AuditEntry, 'teamId' | 'appId' | 'object'>>

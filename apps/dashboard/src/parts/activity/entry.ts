import type { AuditView } from '@berth/api'

/** An entry of the audit log; over the wire, what was not told is left out. */
export type Entry = Omit<AuditView, 'before' | 'after'> & { before?: unknown; after?: unknown }

/** `next`: what `after` has to be for the entries behind these. */
export type Entries = { entries: Entry[]; next: string | null }

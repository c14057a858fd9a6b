/** Ways into a terminal, each once and within seconds. Only their hashes are kept. */
export interface TicketStore {
  /** Forgets those that are too old. One whose session, person or app goes is gone with it. */
  add(ticket: Ticket & { hash: string; expiresAt: Date }): Promise<void>
  /** Uses it up, in one statement, so that two cannot. Null: never heard of, used, or too old. */
  take(hash: string): Promise<Ticket | null>
}

/** Whose it is, by which session of theirs, and the one app that it leads into. */
export type Ticket = { personId: string; sessionId: string; appId: string }

import { randomToken, tokenHash } from '../random-token.ts'
import type { Ticket, TicketStore } from './ticket-store.ts'

/**
 * What a page shows at the door of attached sessions in place of its cookie: the door may be another port, and a cookie comes
 * along from pages of others. 256 random bits, for one use, by one session, for one app, within `ticketMs`.
 */
export type Tickets = {
  /** This is the only time that anyone sees it. */
  issue(ticket: Ticket): Promise<string>
  /** Null where it does not count (any more). */
  take(secret: string): Promise<Ticket | null>
}

/** A page asks for it when it connects, not before. */
export const ticketMs = 20_000

const form = /^[A-Za-z0-9_-]{43}$/

export function openTickets(store: TicketStore): Tickets {
  return {
    async issue(ticket) {
      const secret = randomToken()
      await store.add({ ...ticket, hash: tokenHash(secret), expiresAt: new Date(Date.now() + ticketMs) })
      return secret
    },
    take: async (secret) => (form.test(secret) ? store.take(tokenHash(secret)) : null),
  }
}

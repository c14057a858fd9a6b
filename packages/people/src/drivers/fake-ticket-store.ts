import type { Ticket, TicketStore } from '../tickets/ticket-store.ts'

type Kept = Ticket & { expiresAt: Date }

export function fakeTicketStore(): TicketStore {
  const tickets = new Map<string, Kept>()
  return {
    async add({ hash, ...ticket }) {
      for (const [old, { expiresAt }] of tickets) if (expiresAt <= new Date()) tickets.delete(old)
      tickets.set(hash, ticket)
    },
    async take(hash) {
      const found = tickets.get(hash)
      tickets.delete(hash)
      if (found === undefined || found.expiresAt <= new Date()) return null
      const { personId, sessionId, appId } = found
      return { personId, sessionId, appId }
    },
  }
}

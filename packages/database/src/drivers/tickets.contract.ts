import { randomUUID } from 'node:crypto'
import type { Ticket, TicketStore } from '@berth/people'
import { describe, expect, test } from 'vitest'

/** What every driver of tickets promises (packages/people, tickets/ticket-store.ts). `make`: with somebody whose it can be. */
export function describeTickets(make: () => Promise<{ tickets: TicketStore; ticket: Ticket }>): void {
  const inAMinute = () => new Date(Date.now() + 60_000)

  describe('tickets', () => {
    test('one leads in once, even for ten at the same time', async () => {
      const { tickets, ticket } = await make()
      const hash = randomUUID()
      await tickets.add({ ...ticket, hash, expiresAt: inAMinute() })
      const taken = await Promise.all(Array.from({ length: 10 }, () => tickets.take(hash)))
      expect(taken.filter((one) => one !== null)).toEqual([ticket])
      expect(await tickets.take(hash)).toBeNull()
    })

    test('one that is too old, or that nobody was given, leads nowhere', async () => {
      const { tickets, ticket } = await make()
      const hash = randomUUID()
      await tickets.add({ ...ticket, hash, expiresAt: new Date(Date.now() - 1) })
      expect(await tickets.take(hash)).toBeNull()
      expect(await tickets.take(randomUUID())).toBeNull()
    })

    test('several of a person count side by side', async () => {
      const { tickets, ticket } = await make()
      const hashes = [randomUUID(), randomUUID()]
      for (const hash of hashes) await tickets.add({ ...ticket, hash, expiresAt: inAMinute() })
      for (const hash of hashes) expect(await tickets.take(hash)).toEqual(ticket)
    })
  })
}

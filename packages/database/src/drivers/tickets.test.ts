import { randomUUID } from 'node:crypto'
import { fakeTicketStore } from '@berth/people/drivers/fake-ticket-store.ts'
import { describeTickets } from './tickets.contract.ts'

describeTickets(async () => ({
  tickets: fakeTicketStore(),
  ticket: { personId: randomUUID(), sessionId: randomUUID(), appId: randomUUID() },
}))

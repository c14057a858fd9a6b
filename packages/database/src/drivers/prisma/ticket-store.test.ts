import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someApp, someName } from '../some-records.ts'
import { describeTickets } from '../tickets.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeTickets(async () => {
  const { ticket } = await someTicket()
  return { tickets: database().tickets, ticket }
})

test('a ticket is gone with the session that it was given to', async () => {
  const { ticket } = await someTicket()
  const { tickets, people } = database()
  const hash = randomUUID()
  await tickets.add({ ...ticket, hash, expiresAt: new Date(Date.now() + 60_000) })
  await people.endSession(ticket.personId, ticket.sessionId)
  expect(await tickets.take(hash)).toBeNull()
})

async function someTicket() {
  const { people, prisma } = database()
  const app = await someApp(database())
  const email = `${someName()}@example.com`
  const account = { name: 'Ada', email, passwordHash: null, role: 'developer' as const }
  const person = await people.createPerson({ ...account, team: { id: app.teamId } })
  const expiresAt = new Date(Date.now() + 60_000)
  const session = await prisma.session.create({
    data: { userId: person.id, token: randomUUID(), expiresAt },
  })
  return { ticket: { personId: person.id, sessionId: session.id, appId: app.id } }
}

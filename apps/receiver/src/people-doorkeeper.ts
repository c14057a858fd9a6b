import type { DeployKey, Person } from '@berth/domain'
import { actorOf } from '@berth/people/actor-of.ts'
import { type Actor, may } from '@berth/people/may.ts'
import type { PeopleStore } from '@berth/people/stores.ts'
import type { Ticket, TicketStore } from '@berth/people/tickets/ticket-store.ts'
import { openTickets } from '@berth/people/tickets/tickets.ts'
import { openTokens } from '@berth/people/tokens.ts'
import type { Doorkeeper, Visitor } from './doors.ts'

/**
 * The people stage at the receiver's doors. Its modules are named one by one, because its index brings the whole of sign-in,
 * which this process has no use for and would keep in memory.
 */
export function peopleDoorkeeper(people: PeopleStore, ticketStore: TicketStore): Doorkeeper {
  const [tokens, tickets] = [openTokens(people), openTickets(ticketStore)]
  return {
    async visitorByKey(fingerprint) {
      const key = await people.keyByFingerprint(fingerprint)
      if (key === null) return deployKeyVisitor(await people.deployKeyByFingerprint(fingerprint))
      const person = await people.person(key.personId)
      return person && { ...personVisitor(person, `key ${key.name}`, 'key'), keyId: key.id }
    },
    async keyUsed(fingerprint) {
      const key =
        (await people.keyByFingerprint(fingerprint)) ?? (await people.deployKeyByFingerprint(fingerprint))
      if (key !== null) await people.touchKey(key.id)
    },
    async visitorByToken(secret) {
      const held = await tokens.byToken(secret)
      if (held === null) return null
      const { person, token } = held
      return personVisitor(person, `token ${token.name} (${token.prefix})`, { token })
    },
    async visitorByTicket(secret) {
      const ticket = await tickets.take(secret)
      const session = ticket && (await sessionOf(people, ticket))
      const person = ticket && (await people.person(ticket.personId))
      if (!ticket || !session || !person) return null
      const { sessionId, appId } = ticket
      const shown = { session: { method: session.method } }
      return { ...personVisitor(person, null, shown), ticket: { sessionId, appId } }
    },
    may: async (visitor, action, app) => may(await actorAt(people, visitor), action, app),
    async teamForNewApp(visitor) {
      const actor = await actorAt(people, visitor)
      const first = actor.memberships.find(({ teamId }) => may(actor, 'app.create', { teamId }))
      return first === undefined ? null : people.team(first.teamId)
    },
  }
}

function personVisitor(person: Person, by: string | null, shown: Visitor['shown']): Visitor {
  return { id: person.id, person, who: `${person.name} <${person.email}>`, by, shown }
}

function deployKeyVisitor(key: DeployKey | null): Visitor | null {
  if (key === null) return null
  const { id, name, appId, mayPush } = key
  return {
    id,
    person: null,
    who: `deploy key ${name}`,
    by: key.fingerprint,
    shown: { deployKey: { appId, mayPush } },
  }
}

const nobody: Actor = { personId: null, memberships: [] }

async function sessionOf(
  people: PeopleStore,
  { personId, sessionId }: Pick<Ticket, 'personId' | 'sessionId'>,
) {
  return (await people.sessions(personId)).find(({ id }) => id === sessionId) ?? null
}

/** A key or a session that is gone since the visitor came in counts no more: it is looked up like a membership. */
async function actorAt(people: PeopleStore, { id, person, shown, keyId, ticket }: Visitor): Promise<Actor> {
  if (typeof shown === 'object' && 'deployKey' in shown) {
    const keys = await people.deployKeys(shown.deployKey.appId)
    const deployKey = keys.find((key) => key.id === id)
    return { personId: null, memberships: [], deployKey: deployKey ?? { appId: '', mayPush: false } }
  }
  if (person === null) return nobody
  if (keyId !== undefined && !(await people.keys(person.id)).some((key) => key.id === keyId)) return nobody
  if (ticket === undefined) return await actorOf(people, person.id, shown)
  if ((await sessionOf(people, { ...ticket, personId: person.id })) === null) return nobody
  const scope = { scope: 'admin' as const, teamId: null, appId: ticket.appId }
  return { ...(await actorOf(people, person.id, shown)), scope }
}

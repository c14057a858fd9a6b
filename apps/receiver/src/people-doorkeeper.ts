import { may } from '@berth/people/may.ts'
import type { PeopleStore } from '@berth/people/stores.ts'
import { openTokens } from '@berth/people/tokens.ts'
import type { Doorkeeper } from './doors.ts'

/**
 * The people stage at the receiver's doors. Its modules are named one by one, because its index brings the whole of sign-in,
 * which this process has no use for and would keep in memory.
 */
export function peopleDoorkeeper(people: PeopleStore): Doorkeeper {
  const tokens = openTokens(people)
  const actorOf = async (personId: string) => ({ personId, memberships: await people.memberships(personId) })
  return {
    async personByKey(fingerprint) {
      const key = await people.keyByFingerprint(fingerprint)
      return key === null ? null : people.person(key.personId)
    },
    async keyUsed(fingerprint) {
      const key = await people.keyByFingerprint(fingerprint)
      if (key !== null) await people.touchKey(key.id)
    },
    personByToken: (token) => tokens.personByToken(token),
    may: async (person, action, app) => may(await actorOf(person.id), action, app),
    async teamForNewApp(person) {
      const actor = await actorOf(person.id)
      const first = actor.memberships.find(({ teamId }) => may(actor, 'app.create', { teamId }))
      return first === undefined ? null : people.team(first.teamId)
    },
  }
}

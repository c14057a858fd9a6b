import { actorOf, type Shown } from './actor-of.ts'
import { peopleError } from './errors.ts'
import { type Action, type Actor, may, type TeamObject } from './may.ts'
import type { PeopleStore } from './stores.ts'

/** What each door asks before it lets anything happen. */
export type Doors = {
  actorOf(personId: string, shown: Shown): Promise<Actor>
  /**
   * Returns where the actor may. To whoever is not in the team, the object does not exist: the answer is the same as
   * for a name that nobody has.
   * @throws PEOPLE.NOT_FOUND, PEOPLE.FORBIDDEN
   */
  require(actor: Actor, action: Action, object: TeamObject, described: string): void
}

export function openDoors(people: Pick<PeopleStore, 'standing'>): Doors {
  return {
    actorOf: (personId, shown) => actorOf(people, personId, shown),
    require: requirePermission,
  }
}

function requirePermission(actor: Actor, action: Action, object: TeamObject, described: string): void {
  if (may(actor, action, object)) return
  const isMember = actor.memberships.some(({ teamId }) => teamId === object.teamId)
  if (!isMember) throw peopleError['PEOPLE.NOT_FOUND']({ what: described })
  throw peopleError['PEOPLE.FORBIDDEN']({ action: inWords(action), object: described })
}

/** `app.configuration.change` → `change the configuration of` */
function inWords(action: Action): string {
  const parts = action.split('.')
  const verb = parts.at(-1) ?? action
  const noun = parts.length === 3 ? ` the ${parts[1]} of` : ''
  return `${verbs[verb] ?? verb}${noun}`
}

const verbs: Record<string, string> = {
  push: 'push to',
  pull: 'pull from',
  logs: 'read the logs of',
  list: 'list',
  rollback: 'roll back',
  cancel: 'cancel a deployment of',
  console: 'open a console in',
}

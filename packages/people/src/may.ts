import type { Member, Role } from '@berth/domain'

/**
 * May this person do this to that? One table, the same answer for every door (dashboard, command line, git), and no
 * where what stands in no row. Whoever is no member of the object's team may nothing.
 */
const everyone: readonly Role[] = ['owner', 'admin', 'developer', 'viewer']
const developers: readonly Role[] = ['owner', 'admin', 'developer']
const admins: readonly Role[] = ['owner', 'admin']
const owners: readonly Role[] = ['owner']

const allowed = {
  'team.view': everyone,
  'team.change': owners,
  'team.registries.view': developers,
  'team.registries.change': admins,
  'member.list': everyone,
  'member.change': admins,
  'app.list': everyone,
  'app.view': everyone,
  'app.create': developers,
  'app.push': developers,
  'app.pull': everyone,
  'app.logs': everyone,
  'app.cancel': developers,
  'app.scale': developers,
  'app.restart': developers,
  'app.rollback': developers,
  'app.configuration.read': developers,
  'app.configuration.change': developers,
  'app.domains.change': developers,
  'app.console': developers,
  'app.change': admins,
  'app.remove': admins,
  'machine.view': everyone,
  'machine.change': owners,
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof allowed

export const actions = Object.keys(allowed) as readonly Action[]
export const roles = everyone

/** A person with what they belong to, looked up anew for each request. */
export type Actor = { personId: string; memberships: readonly Pick<Member, 'teamId' | 'role'>[] }

/** Whatever belongs to a team. */
export type TeamObject = { teamId: string }

export function may(actor: Actor, action: Action, object: TeamObject): boolean {
  const role = actor.memberships.find(({ teamId }) => teamId === object.teamId)?.role
  // An action from outside may be any string, `constructor` among them.
  const permitted: readonly Role[] = Object.hasOwn(allowed, action) ? allowed[action] : []
  return role !== undefined && permitted.includes(role)
}

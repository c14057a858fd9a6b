import type { ApiToken, Member, Role } from '@berth/domain'

/**
 * May this person do this to that? One table, the same answer for every door (dashboard, command line, git), and no
 * where what stands in no row. Whoever is no member of the object's team may nothing; a token narrows what its person may
 * (`covers`), here and nowhere else.
 */
const everyone: readonly Role[] = ['owner', 'admin', 'developer', 'viewer']
const developers: readonly Role[] = ['owner', 'admin', 'developer']
const admins: readonly Role[] = ['owner', 'admin']
const owners: readonly Role[] = ['owner']

const allowed = {
  'team.view': everyone,
  'team.change': owners,
  'team.create': admins,
  'team.leave': everyone,
  'team.registries.view': developers,
  'team.registries.change': admins,
  'team.audit.view': admins,
  'team.notifications.view': developers,
  'team.notifications.change': admins,
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
  'app.cron.change': developers,
  'app.drains.view': developers,
  'app.drains.change': developers,
  'app.change': admins,
  'app.keys.change': admins,
  'app.transfer': owners,
  'app.remove': admins,
  'machine.view': admins,
  'machine.jobs.retry': admins,
  'machine.change': owners,
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof allowed

export const actions = Object.keys(allowed) as readonly Action[]
export const roles = everyone

/** A person with what they belong to, looked up anew for each request; or a key of an app's own, which belongs nowhere. */
export type Actor = {
  personId: string | null
  memberships: readonly Membership[]
  /** What stands for the person narrows what they may; null or left out: it does not. */
  scope?: Scope | null
  deployKey?: { appId: string; mayPush: boolean }
}

/** `barred`: what the team demands of its members, and this one has not shown. */
export type Membership = Pick<Member, 'teamId' | 'role'> & { barred?: Barred }
export type Barred = 'second-factor' | 'sign-on'

/** Of an API token. */
export type Scope = Pick<ApiToken, 'scope' | 'teamId' | 'appId'>

/** Whatever belongs to a team. `id`: the app's, where it is one. */
export type TeamObject = { teamId: string; id?: string }

export function may(actor: Actor, action: Action, object: TeamObject): boolean {
  if (actor.deployKey) return mayKey(actor.deployKey, action, object)
  const member = actor.memberships.find(({ teamId }) => teamId === object.teamId)
  if (member === undefined || member.barred !== undefined) return false
  // An action from outside may be any string, `constructor` among them.
  const permitted: readonly Role[] = Object.hasOwn(allowed, action) ? allowed[action] : []
  return permitted.includes(member.role) && covers(actor.scope, action, object)
}

/** All that this person may do to that: for a page that offers nothing else. Each door still asks `may`. */
export function allowedOn(actor: Actor, object: TeamObject): Action[] {
  return actions.filter((action) => may(actor, action, object))
}

/** What is a person's own (keys, tokens, sessions): a token that was narrowed may look at it, and change nothing. */
export function mayOwn({ scope }: Pick<Actor, 'scope'>, kind: 'look' | 'change'): boolean {
  if (!scope || kind === 'look') return true
  return scope.scope === 'admin' && scope.teamId === null && scope.appId === null
}

/**
 * What tokens of the narrower scopes may; an action that is in neither list is for scope `admin` alone. To read the
 * configuration is to read secrets: not for a token that only looks.
 */
const looking: ReadonlySet<string> = new Set<Action>([
  'team.view',
  'member.list',
  'app.list',
  'app.view',
  'app.pull',
  'app.logs',
  'machine.view',
])
const deploying: ReadonlySet<string> = new Set<Action>([
  'app.create',
  'app.push',
  'app.cancel',
  'app.scale',
  'app.restart',
  'app.rollback',
])

function covers(scope: Scope | null | undefined, action: Action, object: TeamObject): boolean {
  if (!scope) return true
  if (scope.appId !== null && scope.appId !== object.id) return false
  if (scope.teamId !== null && scope.teamId !== object.teamId) return false
  if (scope.scope === 'admin') return true
  return looking.has(action) || (scope.scope === 'deploy' && deploying.has(action))
}

function mayKey(
  { appId, mayPush }: NonNullable<Actor['deployKey']>,
  action: Action,
  object: TeamObject,
): boolean {
  return appId === object.id && (action === 'app.pull' || (action === 'app.push' && mayPush))
}

import { describe, expect, test } from 'vitest'
import { type Action, type Actor, actions, allowedOn, may, mayOwn, roles, type Scope } from './may.ts'

/** The whole table, by hand: the first role in this order that may. A new action does not pass until it stands here. */
const lowestRole: Record<Action, 'owner' | 'admin' | 'developer' | 'viewer'> = {
  'team.view': 'viewer',
  'team.change': 'owner',
  'team.create': 'admin',
  'team.leave': 'viewer',
  'team.registries.view': 'developer',
  'team.registries.change': 'admin',
  'team.audit.view': 'admin',
  'team.notifications.view': 'developer',
  'team.notifications.change': 'admin',
  'member.list': 'viewer',
  'member.change': 'admin',
  'app.list': 'viewer',
  'app.view': 'viewer',
  'app.create': 'developer',
  'app.push': 'developer',
  'app.pull': 'viewer',
  'app.logs': 'viewer',
  'app.cancel': 'developer',
  'app.scale': 'developer',
  'app.restart': 'developer',
  'app.rollback': 'developer',
  'app.configuration.read': 'developer',
  'app.configuration.change': 'developer',
  'app.domains.change': 'developer',
  'app.console': 'developer',
  'app.cron.change': 'developer',
  'app.drains.view': 'developer',
  'app.drains.change': 'developer',
  'app.change': 'admin',
  'app.keys.change': 'admin',
  'app.transfer': 'owner',
  'app.remove': 'admin',
  'machine.view': 'admin',
  'machine.jobs.retry': 'admin',
  'machine.change': 'owner',
}
const object = { teamId: 'team' }
const actorWith = (role: (typeof roles)[number], teamId = 'team') => ({
  personId: 'person',
  memberships: [{ teamId, role }],
})

describe.each(actions)('%s', (action) => {
  test.each(roles)('as the table says for a %s', (role) => {
    const lowest = roles.indexOf(lowestRole[action])
    expect(may(actorWith(role), action, object)).toBe(roles.indexOf(role) <= lowest)
  })

  test('is not for the owner of another team', () => {
    expect(may(actorWith('owner', 'other'), action, object)).toBe(false)
  })

  test('is not for somebody without a team', () => {
    expect(may({ personId: 'person', memberships: [] }, action, object)).toBe(false)
  })
})

test('an action that stands in no row is nobody’s', () => {
  for (const action of ['app.destroy', 'constructor', '__proto__', ''])
    expect(may(actorWith('owner'), action as Action, object)).toBe(false)
})

test('all that somebody may is what the table says, one by one', () => {
  const admin = actorWith('admin')
  expect(allowedOn(admin, object)).toEqual(actions.filter((action) => may(admin, action, object)))
  expect(allowedOn(admin, object)).not.toContain('app.transfer')
  expect(allowedOn(admin, { teamId: 'other' })).toEqual([])
})

test('a role that is none of ours may nothing', () => {
  expect(may(actorWith('root' as 'owner'), 'app.view', object)).toBe(false)
})

test('a member of whom the team demands more may nothing until they have shown it', () => {
  const barred = {
    personId: 'person',
    memberships: [{ teamId: 'team', role: 'owner', barred: 'second-factor' }],
  }
  for (const action of actions) expect(may(barred as Actor, action, object)).toBe(false)
})

describe('a token', () => {
  const app = { teamId: 'team', id: 'app' }
  const withToken = (scope: Scope['scope'], of: Partial<Scope> = {}): Actor => ({
    ...actorWith('owner'),
    scope: { scope, teamId: null, appId: null, ...of },
  })
  const allowed = (actor: Actor, on = app) => actions.filter((action) => may(actor, action, on))

  test('to look may look, and see no secret', () => {
    expect(allowed(withToken('read')).sort()).toEqual([
      ...['app.list', 'app.logs', 'app.pull', 'app.view', 'machine.view', 'member.list', 'team.view'],
    ])
  })

  test('to deploy may bring out what it looks at, and change nobody’s rights', () => {
    const more = allowed(withToken('deploy')).filter((action) => !allowed(withToken('read')).includes(action))
    expect(more.sort()).toEqual([
      ...['app.cancel', 'app.create', 'app.push', 'app.restart', 'app.rollback', 'app.scale'],
    ])
  })

  test('of scope admin may what its person may, and no more', () => {
    expect(allowed(withToken('admin'))).toEqual([...actions])
    const viewer = { ...actorWith('viewer'), scope: withToken('admin').scope }
    expect(may(viewer, 'app.push', app)).toBe(false)
  })

  test('of one app or one team is nothing to another, and one of an app nothing to its team', () => {
    const ofApp = withToken('admin', { appId: 'app' })
    expect(may(ofApp, 'app.push', app)).toBe(true)
    expect(allowed(ofApp, { teamId: 'team', id: 'another' })).toEqual([])
    expect(allowed(ofApp, object as typeof app)).toEqual([])
    const ofTeam = withToken('admin', { teamId: 'another team' })
    expect(allowed(ofTeam)).toEqual([])
  })

  test('that was narrowed changes nothing of its person’s own', () => {
    expect(mayOwn(withToken('admin'), 'change')).toBe(true)
    expect(mayOwn({ scope: null }, 'change')).toBe(true)
    for (const narrow of [withToken('read'), withToken('deploy'), withToken('admin', { appId: 'app' })]) {
      expect(mayOwn(narrow, 'change')).toBe(false)
      expect(mayOwn(narrow, 'look')).toBe(true)
    }
  })
})

test('a deploy key may push to its app and fetch it, one that only fetches may not push, and that is all', () => {
  const withKey = (mayPush: boolean): Actor => ({
    ...{ personId: null, memberships: [], deployKey: { appId: 'app', mayPush } },
  })
  const of = (actor: Actor, id: string) =>
    actions.filter((action) => may(actor, action, { teamId: 'team', id }))
  expect(of(withKey(true), 'app').sort()).toEqual(['app.pull', 'app.push'])
  expect(of(withKey(false), 'app')).toEqual(['app.pull'])
  expect(of(withKey(true), 'another')).toEqual([])
})

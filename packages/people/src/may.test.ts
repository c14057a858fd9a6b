import { describe, expect, test } from 'vitest'
import { type Action, actions, may, roles } from './may.ts'

/** The whole table, by hand: the first role in this order that may. A new action does not pass until it stands here. */
const lowestRole: Record<Action, 'owner' | 'admin' | 'developer' | 'viewer'> = {
  'team.view': 'viewer',
  'team.change': 'owner',
  'team.registries.view': 'developer',
  'team.registries.change': 'admin',
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
  'app.change': 'admin',
  'app.remove': 'admin',
  'machine.view': 'viewer',
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

test('a role that is none of ours may nothing', () => {
  expect(may(actorWith('root' as 'owner'), 'app.view', object)).toBe(false)
})

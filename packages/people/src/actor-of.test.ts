import type { TeamDemands } from '@berth/domain'
import { expect, test } from 'vitest'
import { actorOf, type Shown } from './actor-of.ts'
import type { Factors } from './teams/team-store.ts'

const barred = async (demands: Partial<TeamDemands>, factors: Partial<Factors>, shown: Shown) => {
  const standing = {
    memberships: [
      {
        ...{ teamId: 'team', personId: 'ada', role: 'developer' as const },
        demands: { secondFactor: false, providerId: null, ...demands },
      },
    ],
    factors: { code: false, passkey: false, providerIds: [], ...factors },
  }
  const actor = await actorOf({ standing: async () => standing }, 'ada', shown)
  return actor.memberships[0]?.barred ?? null
}
const session = (method: string | null): Shown => ({ session: { method } })
const token: Shown = { token: { scope: 'admin', teamId: null, appId: null } }

test('a team that demands nothing bars nobody', async () => {
  for (const shown of [session('password'), session(null), token, 'key' as const])
    expect(await barred({}, {}, shown)).toBeNull()
})

test('a second factor that is demanded has to be there', async () => {
  const demand = { secondFactor: true }
  expect(await barred(demand, {}, session('password'))).toBe('second-factor')
  expect(await barred(demand, {}, session('link'))).toBe('second-factor')
  expect(await barred(demand, {}, token)).toBe('second-factor')
  expect(await barred(demand, {}, 'key')).toBe('second-factor')
  expect(await barred(demand, { code: true }, session('password'))).toBeNull()
  expect(await barred(demand, { code: true }, token)).toBeNull()
  expect(await barred(demand, { providerIds: ['corp'] }, session('corp'))).toBeNull()
})

test('a passkey counts where it was shown, and not behind a password alone', async () => {
  const demand = { secondFactor: true }
  expect(await barred(demand, { passkey: true }, session('passkey'))).toBeNull()
  expect(await barred(demand, { passkey: true }, session('password'))).toBe('second-factor')
  expect(await barred(demand, { passkey: true }, 'key')).toBeNull()
})

test('a provider that is demanded has to have begun the session', async () => {
  const demand = { providerId: 'corp' }
  const known = { code: true, providerIds: ['corp', 'other'] }
  expect(await barred(demand, known, session('corp'))).toBeNull()
  expect(await barred(demand, known, session('other'))).toBe('sign-on')
  expect(await barred(demand, known, session('password'))).toBe('sign-on')
  expect(await barred(demand, known, token)).toBeNull()
  expect(await barred(demand, { code: true }, token)).toBe('sign-on')
})

test('a token’s scope goes with it', async () => {
  const scope = { scope: 'read' as const, teamId: null, appId: null }
  const people = {
    standing: async () => ({ memberships: [], factors: { code: false, passkey: false, providerIds: [] } }),
  }
  expect((await actorOf(people, 'ada', { token: scope })).scope).toBe(scope)
  expect((await actorOf(people, 'ada', 'key')).scope).toBeNull()
})

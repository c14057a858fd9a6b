import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type ApiToken, type AppName, type Role, readSettings } from '@berth/domain'
import { openKeys, openSealing, openSignOn, openTokens } from '@berth/people'
import { beforeEach, expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { createCaller } from './router.ts'

/** What people do to their own account, and what they see of their team. */
type Parts = Pick<ApiParts, 'stores' | 'settings' | 'keys' | 'tokens' | 'signOn'>

let parts: Parts & { signOn: ReturnType<typeof openSignOn> }
let team: string
let ada: string
let bob: string

beforeEach(async () => {
  const stores = fakeStores()
  const signOn = openSignOn({ store: stores.signOn, sealing: openSealing('key') })
  const [keys, tokens] = [openKeys(stores.people), openTokens(stores.people)]
  parts = { stores, keys, tokens, signOn, settings: readSettings({ BERTH_HOME: '/tmp/nowhere' }) }
  team = (await stores.people.createTeam('Harbour')).id
  ada = await person('Ada', 'owner')
  bob = await person('Bob', 'admin')
})

test('somebody is called as they say, on one line', async () => {
  expect(await (await as(bob)).people.rename({ name: '  Bob\n Bergen ' })).toEqual({ name: 'Bob Bergen' })
  expect(await (await as(bob)).people.me()).toMatchObject({ name: 'Bob Bergen' })
  expect(await code((await as(bob)).people.rename({ name: ' ' }))).toBe('PEOPLE.INVALID')
})

test('somebody deletes their account, and what they did keeps their name', async () => {
  await (await as(bob)).people.rename({ name: 'Bob Bergen' })
  const { token } = await (await as(bob)).people.tokens.create({ name: 'ci' })
  await (await as(bob)).people.remove({ confirmedEmail: 'Bob@example.com' })
  expect(await parts.stores.people.person(bob)).toBeNull()
  expect(await parts.tokens.byToken(token)).toBeNull()
  const told = await parts.stores.audit.list({ personId: bob, limit: 5 })
  expect(told.at(0)).toMatchObject({ action: 'people.remove', outcome: 'done', who: /^Bob Bergen/ })
})

test('another address deletes nothing', async () => {
  expect(await code((await as(bob)).people.remove({ confirmedEmail: 'ada@example.com' }))).toBe(
    'ACCOUNT.EMAIL_DIFFERS',
  )
  expect(await parts.stores.people.person(bob)).not.toBeNull()
})

test('the last owner of a team stays, and is told of which', async () => {
  const refused = (await as(ada)).people.remove({ confirmedEmail: 'ada@example.com' })
  await expect(refused).rejects.toMatchObject({
    cause: { code: 'ACCOUNT.LAST_OWNER', message: expect.stringContaining('Harbour') },
  })
  await parts.stores.people.changeMember(team, bob, 'owner')
  await (await as(ada)).people.remove({ confirmedEmail: 'ada@example.com' })
  expect(await parts.stores.people.members(team)).toMatchObject([{ personId: bob }])
})

test('a token, however wide, deletes nobody', async () => {
  const { token } = await parts.tokens.create(bob, { name: 'ci', expiresAt: null })
  const caller = await as(bob, token)
  expect(await code(caller.people.remove({ confirmedEmail: 'bob@example.com' }))).toBe('TOKEN.SCOPE')
})

test('a team that asks for a provider’s session is closed to any other', async () => {
  await parts.stores.people.setDemands(team, { secondFactor: false, providerId: 'corp' })
  expect(await code((await as(bob)).members.list({}))).toBe('TEAM.SIGN_ON')
})

test('a list of members says what the asking person may make of each', async () => {
  const eve = await person('Eve', 'developer')
  const seenBy = async (personId: string) => {
    const { members, mayInviteAs } = await (await as(personId)).members.list({})
    return { ...Object.fromEntries(members.map((each) => [each.name, each.mayBecome])), mayInviteAs }
  }
  const all = ['owner', 'admin', 'developer', 'viewer']
  const belowOwner = ['admin', 'developer', 'viewer']
  expect(await seenBy(ada)).toEqual({ Ada: all, Bob: all, Eve: all, mayInviteAs: all })
  expect(await seenBy(bob)).toEqual({ Ada: [], Bob: belowOwner, Eve: belowOwner, mayInviteAs: belowOwner })
  expect(await seenBy(eve)).toEqual({ Ada: [], Bob: [], Eve: [], mayInviteAs: [] })
})

test('what one did oneself can be of one team, and of no team that one is not in', async () => {
  const caller = await as(ada)
  await caller.teams.create({ name: 'Lighthouse' })
  await caller.teams.rename({ team, name: 'Port' })
  const actions = async (of?: string) => {
    const { entries } = await caller.audit.own({ team: of })
    return entries.map(({ action }) => action).sort()
  }
  expect(await actions()).toEqual(['teams.create', 'teams.rename'])
  expect(await actions('Port')).toEqual(['teams.rename'])
  expect(await code((await as(bob)).audit.own({ team: 'Lighthouse' }))).toBe('TEAM.NOT_FOUND')
})

test('the branch that deploys is one that git allows', async () => {
  const app = await parts.stores.apps.create({ name: 'shop' as AppName, teamId: team })
  const caller = await as(ada)
  expect(await caller.apps.setBranch({ app: 'shop', branch: 'release/1.x' })).toEqual({
    branch: 'release/1.x',
  })
  expect(await parts.stores.apps.get(app.id)).toMatchObject({ deployBranch: 'release/1.x' })
  for (const branch of ['', '-f', 'a b', 'a..b', 'a//b', '/a', 'a/', 'a.lock', 'a/.b', 'a~1', 'a:b', 'a\nb'])
    expect(await code(caller.apps.setBranch({ app: 'shop', branch })), branch).toBe('API.BAD_INPUT')
})

test('a team sees its own providers and everybody’s, and nobody else’s', async () => {
  const provider = {
    ...{ issuer: 'https://id.example.com', clientId: 'berth', clientSecret: 'hidden' },
    domains: ['example.com'],
  }
  const other = (await parts.stores.people.createTeam('others')).id
  await parts.signOn.add({ ...provider, name: 'all', teamId: null, newMemberRole: null })
  await parts.signOn.add({ ...provider, name: 'ours', teamId: team, newMemberRole: 'viewer' })
  await parts.signOn.add({ ...provider, name: 'theirs', teamId: other, newMemberRole: null })
  const shared = { issuer: 'https://id.example.com', domains: ['example.com'] }
  expect(await (await as(bob)).teams.signOn({})).toEqual([
    { name: 'all', ...shared, newMemberRole: null, ofThisTeam: false },
    { name: 'ours', ...shared, newMemberRole: 'viewer', ofThisTeam: true },
  ])
})

async function person(name: string, role: Role): Promise<string> {
  const email = `${name.toLowerCase()}@example.com`
  const account = { name, email, passwordHash: null, team: { id: team }, role }
  return (await parts.stores.people.createPerson(account)).id
}

async function as(personId: string, token: ApiToken | null = null) {
  // What these procedures ask of their surroundings is there; the rest belongs to others.
  const asked = parts as unknown as ApiParts
  return createCaller(createContext(asked, await parts.stores.people.person(personId), { token }))
}

async function code(work: Promise<unknown>): Promise<string | undefined> {
  return await work.then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  )
}

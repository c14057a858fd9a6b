import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type AppName, readSettings } from '@berth/domain'
import { openDrains } from '@berth/observe'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { openInvitations, openKeys, openSealing, openSignOn } from '@berth/people'
import { tokenHash } from '@berth/people/random-token.ts'
import { beforeEach, expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { createCaller } from './router.ts'

/** What every procedure answers for an object that is not there, or cannot be had any more: its own code, each time. */
let api: ReturnType<typeof createCaller>
let stores: ReturnType<typeof fakeStores>
let appId: string
const app = 'shop'
const id = '00000000-0000-4000-8000-000000000000'

beforeEach(async () => {
  stores = fakeStores()
  const sealing = openSealing('key')
  const parts = {
    ...{ stores, live: fakeLiveClient(), queue: { add: async () => '1' }, version: '1' },
    settings: readSettings({ BERTH_HOME: '/tmp/nowhere' }),
    keys: openKeys(stores.people),
    drains: openDrains({ store: stores.drains, sealing }),
    signOn: openSignOn({ store: stores.signOn, sealing }),
    invitations: openInvitations({ people: stores.people, url: async () => 'http://b', sendText: null }),
  } as unknown as ApiParts
  const account = { name: 'Ada', email: 'ada@example.com', passwordHash: null, role: 'owner' } as const
  const ada = await stores.people.createPerson({ ...account, team: { name: 'Harbour' } })
  const [member] = await stores.people.memberships(ada.id)
  appId = (await stores.apps.create({ name: app as AppName, teamId: member?.teamId ?? '' })).id
  api = createCaller(createContext(parts, ada))
})

async function codeOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => ({ cause: { code: 'none' } }),
    (thrown: { cause?: { code?: string } }) => thrown,
  )
  return error.cause?.code ?? String(error)
}

test.each<[string, () => Promise<unknown>]>([
  ['KEY.NOT_FOUND', () => api.people.keys.remove({ id })],
  ['KEY.NOT_FOUND', () => api.deployKeys.remove({ app, key: 'ci' })],
  ['SESSION.NOT_FOUND', () => api.people.sessions.revoke({ id })],
  ['CRASH.NOT_FOUND', () => api.instances.death({ app, id })],
  ['DRAIN.NOT_FOUND', () => api.drains.remove({ app, id })],
  ['HTTP_AUTH.NOT_FOUND', () => api.routing.removeUser({ app, name: 'ann' })],
  ['SIGN_ON.NOT_FOUND', () => api.teams.demand({ team: 'Harbour', signOn: 'acme' })],
  ['MEMBER.NOT_FOUND', () => api.members.remove({ team: 'Harbour', email: 'bob@example.com' })],
  ['INVITATION.NOT_FOUND', () => api.members.revoke({ team: 'Harbour', email: 'bob@example.com' })],
  ['MEMBER.ALREADY', () => api.members.invite({ team: 'Harbour', email: 'ada@example.com' })],
  ['INVITATION.INVALID', () => api.members.invitation({ token: 'made up' })],
  ['PORT.NOT_FOUND', () => api.ports.remove({ app, port: '5432' })],
  ['CRON.NOT_FOUND', () => api.cron.remove({ app, name: 'nightly' })],
])('%s', async (code, ask) => {
  expect(await codeOf(ask())).toBe(code)
})

test('a job of an app of which nothing runs is not run', async () => {
  await api.cron.add({ app, schedule: '@daily', command: ['./clean'], name: 'nightly' })
  expect(await codeOf(api.cron.run({ app, name: 'nightly' }))).toBe('CRON.NOT_RUNNABLE')
})

test('of what fills up, there is no more than may be', async () => {
  const url = (number: number) => `https://logs.example.com/${number}`
  for (let number = 0; number < 10; number++) await api.drains.add({ app, url: url(number) })
  expect(await codeOf(api.drains.add({ app, url: url(10) }))).toBe('DRAIN.TOO_MANY')
  const job = (number: number) => ({ app, schedule: '@daily', command: ['./clean'], name: `job-${number}` })
  let last = 'none'
  for (let number = 0; number < 200 && last === 'none'; number++)
    last = await codeOf(api.cron.add(job(number)))
  expect(last).toBe('CRON.TOO_MANY')
  const invite = (number: number) => api.members.invite({ team: 'Harbour', email: `p${number}@example.com` })
  for (let number = 0; number < 100; number++) await invite(number)
  expect(await codeOf(invite(100))).toBe('INVITATION.TOO_MANY')
})

test('a deployment that is over is not cancelled', async () => {
  const build = await stores.builds.create(appId, null)
  await stores.builds.end(build.id, 'cancelled', null)
  expect(await codeOf(api.deployments.cancel({ id: build.id }))).toBe('DEPLOYMENT.OVER')
})

test('an invitation whose time is over is not accepted', async () => {
  const { teamId } = (await stores.apps.get(appId)) ?? { teamId: '' }
  const who = { email: 'bob@example.com', role: 'viewer', mailed: false, invitedById: null } as const
  const expiresAt = new Date(Date.now() - 1_000)
  await stores.people.addInvitation({ ...who, teamId, hash: tokenHash('late'), expiresAt })
  expect(await codeOf(api.members.invitation({ token: 'late' }))).toBe('INVITATION.EXPIRED')
})

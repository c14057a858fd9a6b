import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type AppName, readSettings } from '@berth/domain'
import { openTargets } from '@berth/observe'
import { openSealing } from '@berth/people'
import { beforeEach, expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { createCaller } from './router.ts'

type Parts = Pick<ApiParts, 'stores' | 'queue' | 'settings' | 'targets'>

let parts: Parts
/** What the worker does with a notification that is queued. */
let sends: (deliveryId: string) => Promise<void>
let ada: string
let team: string

beforeEach(async () => {
  const stores = fakeStores()
  sends = async (id) => void (await stores.notifications.endDelivery(id, 'delivered', '200 ok'))
  const queue = {
    add: async (_name: string, payload: object) => {
      await sends((payload as { deliveryId: string }).deliveryId)
      return 'job'
    },
  }
  const targets = openTargets({ store: stores.notifications, sealing: openSealing('key') })
  parts = { stores, queue, targets, settings: readSettings({ BERTH_HOME: '/tmp/nowhere' }) }
  ada = await person('Ada', 'owner')
  team = (await stores.people.memberships(ada))[0]?.teamId ?? ''
  await stores.apps.create({ name: 'shop' as AppName, teamId: team })
})

const slack = { kind: 'slack', url: 'https://hooks.example/SECRET' } as const
const code = async (work: Promise<unknown>) =>
  await work.then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  )

test('a target is listed without what it takes to send there', async () => {
  const { target, signingSecret } = await as(ada).notifications.add({ target: slack, apps: ['shop'] })
  expect(signingSecret).toBeNull()
  const listed = await as(ada).notifications.list({})
  expect(listed).toEqual([target])
  expect(target).toMatchObject({ kind: 'slack', to: 'hooks.example', apps: ['shop'], by: 'Ada' })
  expect(target.noticeKinds).not.toContain('deployment-succeeded')
  expect(JSON.stringify(await parts.stores.notifications.targets(team))).not.toContain('SECRET')
})

test('the secret of a webhook is told once', async () => {
  const added = await as(ada).notifications.add({ target: { ...slack, kind: 'webhook' } })
  expect(added.signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(JSON.stringify(await as(ada).notifications.list({}))).not.toContain(added.signingSecret)
})

test('a team’s own mail server keeps its password to itself', async () => {
  const smtp = { url: 'smtp://berth:hunter2@mail.example:587', from: 'berth@example.com' }
  const target = { kind: 'mail', to: ['ops@example.com', 'ops@example.com'], smtp } as const
  const added = await as(ada).notifications.add({ target: { ...target, to: [...target.to] } })
  expect(added.target.to).toBe('ops@example.com')
  expect(JSON.stringify(added)).not.toMatch(/hunter2|mail\.example/)
})

test.each<[string, Parameters<ReturnType<typeof as>['notifications']['add']>[0]]>([
  ['NOTIFICATION.TARGET_INVALID', { target: { kind: 'slack', url: 'ftp://hooks.example' } }],
  ['NOTIFICATION.TARGET_INVALID', { target: { kind: 'webhook', url: 'https://a:b@hooks.example' } }],
  ['NOTIFICATION.TARGET_INVALID', { target: slack, noticeKinds: [] }],
  ['NOTIFICATION.TARGET_INVALID', { target: { kind: 'mail', to: [] } }],
  [
    'NOTIFICATION.TARGET_INVALID',
    { target: { kind: 'mail', to: ['a@b.example'], smtp: { url: 'http://mail', from: 'a@b.example' } } },
  ],
  ['MAIL.ADDRESS_INVALID', { target: { kind: 'mail', to: ['Ops <ops@example.com>'] } }],
  ['APP.NOT_FOUND', { target: slack, apps: ['nowhere'] }],
])('%s: %o adds nothing', async (expected, input) => {
  expect(await code(as(ada).notifications.add(input))).toBe(expected)
  expect(await as(ada).notifications.list({})).toEqual([])
})

test('twenty targets are enough for a team', async () => {
  for (let each = 0; each < 20; each += 1) await as(ada).notifications.add({ target: slack })
  expect(await code(as(ada).notifications.add({ target: slack }))).toBe('NOTIFICATION.TOO_MANY_TARGETS')
})

test('a test waits for what is answered, good or bad', async () => {
  const { target } = await as(ada).notifications.add({ target: slack })
  const { id } = target
  expect(await as(ada).notifications.test({ id })).toMatchObject({
    state: 'delivered',
    answer: '200 ok',
    to: 'hooks.example',
  })
  sends = async (delivery) => void (await parts.stores.notifications.endDelivery(delivery, 'failed', '410'))
  expect(await as(ada).notifications.test({ id })).toMatchObject({ state: 'failed', answer: '410' })
  sends = (delivery) => parts.stores.notifications.noteAnswer(delivery, '503')
  expect(await as(ada).notifications.test({ id })).toMatchObject({ state: 'queued', answer: '503' })
  expect((await as(ada).notifications.deliveries({})).map(({ state }) => state)).toEqual([
    ...['queued', 'failed', 'delivered'],
  ])
})

test('a target is tested twenty times in ten minutes at most', async () => {
  const { target } = await as(ada).notifications.add({ target: slack })
  for (let each = 0; each < 20; each += 1) await as(ada).notifications.test({ id: target.id })
  expect(await code(as(ada).notifications.test({ id: target.id }))).toBe('NOTIFICATION.TEST_TOO_OFTEN')
})

test('what a target is told changes, and where it goes stays', async () => {
  const { target } = await as(ada).notifications.add({ target: slack })
  const asked = { id: target.id, noticeKinds: ['unhealthy' as const, 'unhealthy' as const], apps: ['shop'] }
  const changed = await as(ada).notifications.change(asked)
  expect(changed).toEqual({ ...target, noticeKinds: ['unhealthy'], apps: ['shop'] })
  expect(await as(ada).notifications.list({})).toEqual([changed])
  expect(await code(as(ada).notifications.change({ ...asked, noticeKinds: [] }))).toBe(
    'NOTIFICATION.TARGET_INVALID',
  )
  const eve = await person('Eve', 'owner', 'Elsewhere')
  expect(await code(as(eve).notifications.change({ ...asked, apps: [] }))).toBe(
    'NOTIFICATION_TARGET.NOT_FOUND',
  )
  expect(await as(ada).notifications.list({})).toEqual([changed])
})

test('another team’s target looks like none', async () => {
  const { target } = await as(ada).notifications.add({ target: slack })
  const eve = await person('Eve', 'owner', 'Elsewhere')
  expect(await as(eve).notifications.list({})).toEqual([])
  expect(await as(eve).notifications.deliveries({})).toEqual([])
  expect(await code(as(eve).notifications.test({ id: target.id }))).toBe('NOTIFICATION_TARGET.NOT_FOUND')
  expect(await code(as(eve).notifications.remove({ id: target.id }))).toBe('NOTIFICATION_TARGET.NOT_FOUND')
  expect(await as(ada).notifications.list({})).toHaveLength(1)
})

test('a developer looks, an admin changes', async () => {
  const dev = await person('Dev', 'developer')
  expect(await as(dev).notifications.list({})).toEqual([])
  expect(await code(as(dev).notifications.add({ target: slack }))).toBe('API.NOT_ALLOWED')
})

async function person(name: string, role: 'owner' | 'developer', newTeam?: string): Promise<string> {
  const { people } = parts.stores
  const [first] = await people.teams()
  const of = newTeam === undefined && first ? first : { name: newTeam ?? 'Harbour' }
  const account = { name, email: `${name.toLowerCase()}@example.com`, passwordHash: null, team: of, role }
  return (await people.createPerson(account)).id
}

function as(personId: string) {
  // What these procedures ask of their surroundings is there; the rest belongs to others.
  const asked = parts as unknown as ApiParts
  return createCaller(createContext(asked, { id: personId, name: 'Some One', email: 'one@example.com' }))
}

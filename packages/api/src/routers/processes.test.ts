import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, noScripts, type ProcessType, readSettings } from '@berth/domain'
import type { InstanceView } from '@berth/observe'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, createContext } from '../context.ts'
import { createCaller } from '../router.ts'

const gigabyte = 1024 ** 3

let stores: ReturnType<typeof fakeStores>
let live: ReturnType<typeof fakeLiveClient>
let jobs: unknown[][]
let app: App
let ada: string
beforeEach(async () => {
  stores = fakeStores()
  live = fakeLiveClient()
  jobs = []
  const person = await stores.people.createPerson({
    name: 'Ada',
    email: 'ada@example.com',
    passwordHash: null,
    team: { name: 'Harbour' },
    role: 'developer',
  })
  ada = person.id
  const [member] = await stores.people.memberships(ada)
  app = await stores.apps.create({ name: 'shop' as AppName, teamId: member?.teamId ?? '' })
})

function caller() {
  const queue = { add: async (...job: unknown[]) => String(jobs.push(job)) }
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  const parts = { stores, queue, live, settings, version: '1' } as unknown as ApiParts
  return createCaller(createContext(parts, { id: ada, name: 'Ada', email: 'ada@example.com' }))
}

async function release(image: string) {
  const types = ['web', 'worker'] as ProcessType[]
  return stores.releases.create({
    appId: app.id,
    imageDigest: image,
    revisionId: null,
    processes: types.map((type) => ({ type, command: null })),
    releaseCommand: null,
    configuration: {},
    secretFiles: {},
    healthchecks: {},
    scripts: noScripts,
    cron: [],
    limits: {},
    reason: `Deploy ${image}`,
    createdById: ada,
  })
}

async function deployed(image = 'one') {
  const { id } = await stores.deployments.create(app.id, (await release(image)).id)
  await stores.deployments.become(id, 'starting')
  await stores.deployments.become(id, 'healthy')
  await stores.deployments.becomeLive(id)
}

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  )

const instance = (name: string) =>
  ({ name, processType: name.split('.')[0], containerId: `c-${name}`, state: 'running' }) as InstanceView

describe('scaling', () => {
  test('names what it changes, and asks the worker to bring it about', async () => {
    await deployed()
    const scaled = await caller().processes.scale({ app: 'shop', quantities: { web: 2, worker: 0 } })
    expect(scaled).toEqual({ changes: [{ type: 'web', before: 1, after: 2 }], state: 'running' })
    expect(await stores.apps.formation(app.id)).toEqual({ web: 2, worker: 0 })
    expect(jobs).toEqual([['converge-app', { appId: app.id }]])
    expect(await caller().processes.list({ app: 'shop' })).toMatchObject([
      { type: 'web', quantity: 2 },
      { type: 'worker', quantity: 0 },
    ])
  })

  test('of a type that is not there says which are, and changes none of the others', async () => {
    await deployed()
    const refused = caller().processes.scale({ app: 'shop', quantities: { web: 2, clock: 1 } })
    await expect(refused).rejects.toMatchObject({ cause: { hint: expect.stringContaining('web, worker') } })
    expect(await stores.apps.formation(app.id)).toEqual({})
    expect(jobs).toEqual([])
  })

  test('before the first deployment takes any type but that of tasks', async () => {
    const { scale } = caller().processes
    expect(await scale({ app: 'shop', quantities: { clock: 1 } })).toMatchObject({ state: 'not-deployed' })
    expect(await code(scale({ app: 'shop', quantities: { release: 1 } }))).toBe('PROCESS.UNKNOWN_TYPE')
    expect(await code(scale({ app: 'shop', quantities: { 'a b': 1 } }))).toBe('NAME.INVALID')
    expect(await code(scale({ app: 'shop', quantities: {} }))).toBe('API.BAD_INPUT')
  })

  test('of a stopped or locked app is kept', async () => {
    await deployed()
    await stores.apps.setStopped(app.id, true)
    await stores.apps.setLock(app.id, { at: new Date(), byId: ada, reason: null })
    const scaled = await caller().processes.scale({ app: 'shop', quantities: { web: 3 } })
    expect(scaled).toMatchObject({ state: 'stopped' })
  })
})

describe('limits', () => {
  test('make a release of what runs with what is current, with its reason', async () => {
    await deployed('one')
    const { id } = await stores.deployments.create(app.id, (await release('bad')).id)
    await stores.deployments.end(id, 'failed', null)
    const set = await caller().limits.set({ app: 'shop', type: 'web', memoryBytes: gigabyte / 4, cpus: 0.5 })
    expect(set.begun?.version).toBe(3)
    const made = await stores.releases.latest(app.id)
    expect(made).toMatchObject({
      imageDigest: 'one',
      limits: { web: { memoryBytes: gigabyte / 4, cpus: 0.5 } },
      reason: 'Limit web to 256 MB and 0.5 CPU',
      createdById: ada,
    })
    const deployment = await stores.deployments.get(set.begun?.deploymentId ?? '')
    expect(deployment).toMatchObject({ cause: 'change', createdById: ada, releaseId: made?.id })
    expect(jobs).toEqual([['deploy', { deploymentId: deployment.id }]])
  })

  test('that are left out stay, and those that are so already make no release', async () => {
    await deployed()
    await caller().limits.set({ app: 'shop', type: 'web', memoryBytes: gigabyte / 4 })
    await caller().limits.set({ app: 'shop', type: 'web', cpus: 0.5 })
    expect(await stores.apps.limits(app.id)).toEqual({ web: { memoryBytes: gigabyte / 4, cpus: 0.5 } })
    const again = await caller().limits.set({ app: 'shop', type: 'web', cpus: 0.5 })
    expect(again).toMatchObject({ changed: false, begun: null })
    expect((await stores.releases.latest(app.id))?.version).toBe(3)
    await caller().limits.set({ app: 'shop', type: 'web', cpus: null })
    expect(await stores.apps.limits(app.id)).toEqual({ web: { memoryBytes: gigabyte / 4, cpus: null } })
    expect(await caller().limits.bounds({ app: 'shop' })).toMatchObject({ leastCpus: 0.05 })
    await caller().limits.unset({ app: 'shop', type: 'web' })
    expect(await stores.apps.limits(app.id)).toEqual({})
  })

  test.each([
    { memoryBytes: 1024 },
    { memoryBytes: -1 },
    { memoryBytes: 2 ** 52 },
    { cpus: 0 },
    { cpus: 100_000 },
  ])('%j is more or less than this machine gives', async (wish) => {
    await deployed()
    const refused = caller().limits.set({ app: 'shop', type: 'web', ...wish })
    expect(await code(refused)).toBe('LIMITS.OUT_OF_BOUNDS')
    expect(await stores.apps.limits(app.id)).toEqual({})
  })

  test('count for the tasks of a deployment too, and for no type that is not there', async () => {
    await deployed()
    const { set } = caller().limits
    expect(await code(set({ app: 'shop', type: 'release', memoryBytes: gigabyte / 4 }))).toBe('none')
    expect(await code(set({ app: 'shop', type: 'clock', memoryBytes: gigabyte / 4 }))).toBe(
      'PROCESS.UNKNOWN_TYPE',
    )
  })
})

describe('a restart', () => {
  test('of the app is another deployment of the release that is live', async () => {
    await deployed()
    const begun = await caller().processes.restart({ app: 'shop' })
    if (begun.kind !== 'deployment') throw new Error('not a deployment')
    expect(await stores.deployments.get(begun.deploymentId)).toMatchObject({ cause: 'restart' })
    expect(begun.version).toBe(1)
    const [newest] = await caller().deployments.list({ app: 'shop' })
    expect(newest).toMatchObject({ reason: 'Restart v1', by: 'Ada', state: 'queued' })
  })

  test('of one instance, or of a type, asks for others in their places', async () => {
    await deployed()
    live.instanceViews.set(app.id, ['web.1', 'web.2', 'worker.1'].map(instance))
    const { restart } = caller().processes
    expect(await restart({ app: 'shop', what: 'web.2' })).toEqual({
      kind: 'instances',
      replaced: [{ name: 'web.2', containerId: 'c-web.2' }],
    })
    expect(await restart({ app: 'shop', what: 'web' })).toMatchObject({ replaced: [{}, {}] })
    const before = expect.any(String)
    expect(jobs).toEqual([
      ['restart-instances', { appId: app.id, type: 'web', index: 2, before }],
      ['restart-instances', { appId: app.id, type: 'web', index: null, before }],
    ])
  })

  test('of what does not run is refused', async () => {
    const { restart } = caller().processes
    expect(await code(restart({ app: 'shop' }))).toBe('APP.NOT_DEPLOYED')
    await deployed()
    expect(await code(restart({ app: 'shop', what: 'web.7' }))).toBe('PROCESS.NO_INSTANCE')
    expect(await code(restart({ app: 'shop', what: 'clock' }))).toBe('PROCESS.UNKNOWN_TYPE')
    expect(await code(restart({ app: 'shop', what: 'web.1; id' }))).toBe('API.BAD_INPUT')
    await stores.apps.setStopped(app.id, true)
    expect(await code(restart({ app: 'shop' }))).toBe('APP.STOPPED')
  })
})

test('an app is stopped and started once each', async () => {
  const { stop, start } = caller().processes
  expect(await code(stop({ app: 'shop' }))).toBe('APP.NOT_DEPLOYED')
  await deployed()
  expect([await stop({ app: 'shop' }), await stop({ app: 'shop' })]).toEqual([
    { changed: true },
    { changed: false },
  ])
  expect(await caller().apps.get({ app: 'shop' })).toMatchObject({ stoppedAt: expect.any(String) })
  expect(await start({ app: 'shop' })).toEqual({ changed: true })
  expect((await stores.apps.get(app.id))?.stoppedAt).toBeNull()
})

describe('a lock', () => {
  test('is refused with who locked it, when and why', async () => {
    await deployed()
    await caller().apps.lock({ app: 'shop', reason: 'the audit' })
    expect(await caller().apps.get({ app: 'shop' })).toMatchObject({
      lock: { by: 'Ada', reason: 'the audit' },
    })
    const wishes = [
      caller().limits.set({ app: 'shop', type: 'web', cpus: 0.5 }),
      caller().limits.unset({ app: 'shop', type: 'web' }),
      caller().deploy.image({ app: 'shop', reference: 'busybox' }),
      caller().deploy.git({ app: 'shop', url: 'https://example.com/shop.git' }),
    ]
    for (const wish of wishes)
      await expect(wish).rejects.toMatchObject({
        cause: {
          code: 'RELEASE.APP_LOCKED',
          message: expect.stringMatching(/^shop is locked since \d{4}.* UTC by "Ada": "the audit"$/),
        },
      })
    expect(await stores.apps.limits(app.id)).toEqual({})
    expect(await stores.builds.list(app.id, 5)).toEqual([])
    expect(jobs).toEqual([])
  })

  test('is set once and taken away once', async () => {
    const { lock, unlock } = caller().apps
    await lock({ app: 'shop' })
    expect(await code(lock({ app: 'shop' }))).toBe('APP.LOCKED_ALREADY')
    await unlock({ app: 'shop' })
    expect(await code(unlock({ app: 'shop' }))).toBe('APP.NOT_LOCKED')
  })
})

describe('deploying without a push', () => {
  test('asks for a build that says where it comes from and who asked', async () => {
    const { buildId } = await caller().deploy.git({
      app: 'shop',
      url: 'https://example.com/acme/shop.git',
      ref: 'v1.2/hot-fix',
    })
    expect(await stores.builds.get(buildId)).toMatchObject({
      revisionId: null,
      createdById: ada,
      source: { kind: 'git', url: 'https://example.com/acme/shop.git', ref: 'v1.2/hot-fix' },
    })
    expect(jobs).toEqual([['build', { buildId, objects: { quarantine: null } }]])
    const [newest] = await caller().deployments.list({ app: 'shop' })
    expect(newest?.reason).toBe('Deploy v1.2/hot-fix of https://example.com/acme/shop.git')
  })

  test.each([
    'file:///etc/passwd',
    'ssh://ann:secret@example.com/shop.git',
    'git://example.com/shop.git',
    'ext::sh -c id',
    '-oProxyCommand=id',
    'https://ann:secret@example.com/shop.git',
    'https://example.com/shop.git#x',
    'https://example.com/shop.git?x',
  ])('%s is no repository to fetch from, and nothing of it is repeated', async (url) => {
    const refused = caller().deploy.git({ app: 'shop', url })
    expect(await code(refused)).toBe('DEPLOY.BAD_ADDRESS')
    expect(String(await refused.catch((error: Error) => error.message))).not.toContain('secret')
  })

  test.each([
    'git@example.com:acme/shop.git',
    'ssh://git@example.com/acme/shop.git',
    'ssh://example.com:22/acme/shop.git',
  ])('%s is answered with the address by https', async (url) => {
    const refused = caller().deploy.git({ app: 'shop', url })
    expect(await code(refused)).toBe('DEPLOY.BY_SSH')
    await expect(refused).rejects.toMatchObject({
      cause: { hint: expect.stringContaining('Say "https://example.com/acme/shop.git"') },
    })
  })

  test.each(['-x', '../x', 'a..b', 'a b', 'a:b', '@{-1}', 'x.lock', 'x/', ''])(
    '%j is no ref',
    async (ref) => {
      const refused = caller().deploy.git({ app: 'shop', url: 'https://example.com/shop.git', ref })
      expect(await code(refused)).toBe('API.BAD_INPUT')
    },
  )

  test.each(['-x', 'a b', 'a\nRUN id', '$HOME', 'a{b}', ''])('%j is no image', async (reference) => {
    expect(await code(caller().deploy.image({ app: 'shop', reference }))).toBe('API.BAD_INPUT')
    expect(await stores.builds.list(app.id, 5)).toEqual([])
  })
})

test('an app is renamed, and the worker is told', async () => {
  await caller().apps.lock({ app: 'shop' })
  const developer = caller().apps.rename({ app: 'shop', name: 'store' })
  expect(await code(developer)).toBe('API.NOT_ALLOWED')
  const [member] = await stores.people.memberships(ada)
  await stores.people.setMember(member?.teamId ?? '', ada, 'admin')
  expect(await caller().apps.rename({ app: 'shop', name: 'store' })).toMatchObject({ name: 'store' })
  expect(await stores.apps.byName('store' as AppName)).toMatchObject({ id: app.id })
  expect(jobs).toEqual([['converge-app', { appId: app.id }]])
  expect(await code(caller().apps.rename({ app: 'store', name: 'berth' }))).toBe('NAME.RESERVED')
})

import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, noScripts, type ProcessType, readSettings } from '@berth/domain'
import { type FakeLiveClient, fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { createCaller } from './router.ts'

type Parts = Pick<ApiParts, 'stores' | 'queue' | 'live' | 'settings'>

let parts: Parts & { jobs: unknown[]; live: FakeLiveClient }
let app: App
let ada: string

beforeEach(async () => {
  const jobs: unknown[] = []
  const queue = { add: async (...job: unknown[]) => String(jobs.push(job)) }
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  parts = { stores: fakeStores(), queue, jobs, live: fakeLiveClient(), settings }
  ada = await person('Ada', 'owner')
  const [member] = await parts.stores.people.memberships(ada)
  app = await parts.stores.apps.create({ name: 'shop' as AppName, teamId: member?.teamId ?? '' })
})

describe('what an app is told', () => {
  test('before the first release is kept, and nothing is deployed', async () => {
    const changed = await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'canary' } })
    expect(changed).toMatchObject({ variables: { added: ['KEY'] }, begun: null })
    expect(parts.jobs).toEqual([])
    expect(await parts.stores.configurations.current(app.id)).toMatchObject({ variables: { KEY: 'canary' } })
  })

  test('makes one release and one deployment for several variables, and none where nothing differs', async () => {
    await live()
    const variables = { A: '1', B: '2' }
    const { begun } = await as(ada).configuration.set({ app: 'shop', variables })
    expect(begun).toMatchObject({ version: 2 })
    expect(parts.jobs).toEqual([['deploy', { deploymentId: begun?.deploymentId }]])
    expect(await parts.stores.releases.latest(app.id)).toMatchObject({
      configuration: variables,
      imageDigest: 'sha256:1',
      reason: 'Set A, B',
      createdById: ada,
    })
    expect((await as(ada).configuration.set({ app: 'shop', variables: { A: '1' } })).begun).toBeNull()
    expect((await as(ada).configuration.unset({ app: 'shop', variables: ['UNKNOWN'] })).begun).toBeNull()
    expect(await parts.stores.releases.list(app.id, 10)).toHaveLength(2)
  })

  test('begins with what runs, never with a release that failed', async () => {
    await live()
    const broken = await released('sha256:broken')
    await parts.stores.deployments.become(broken, 'starting')
    await parts.stores.deployments.end(broken, 'failed', null)
    await as(ada).configuration.set({ app: 'shop', variables: { A: '1' } })
    expect(await parts.stores.releases.latest(app.id)).toMatchObject({ version: 3, imageDigest: 'sha256:1' })
  })

  test('begins with a push that has just made its release, though nothing deploys it yet', async () => {
    await live()
    await parts.stores.releases.create(releaseOf('sha256:pushed'))
    await as(ada).configuration.set({ app: 'shop', variables: { A: '1' } })
    expect(await parts.stores.releases.latest(app.id)).toMatchObject({ imageDigest: 'sha256:pushed' })
  })

  test('loses nothing when several set something at once', async () => {
    await live()
    const set = (name: string) => as(ada).configuration.set({ app: 'shop', variables: { [name]: '1' } })
    await Promise.all(['A', 'B', 'C'].map(set))
    expect(await parts.stores.releases.latest(app.id)).toMatchObject({
      configuration: { A: '1', B: '1', C: '1' },
    })
  })

  test('is not changed while others keep making releases: it says to try again', async () => {
    await live()
    const { list } = parts.stores.releases
    parts.stores.releases.list = async (...asked) => {
      const listed = await list(...asked)
      await released('sha256:another')
      return listed
    }
    const set = as(ada).configuration.set({ app: 'shop', variables: { A: '1' } })
    await expect(set).rejects.toMatchObject({ cause: { code: 'RELEASE.TOO_MANY_AT_ONCE' } })
    expect(await as(ada).configuration.read({ app: 'shop' })).toEqual({})
  })

  test('is imported from a .env file as a whole or not at all', async () => {
    await as(ada).configuration.import({ app: 'shop', text: 'A=1\nB="two words"\n' })
    expect(await as(ada).configuration.read({ app: 'shop' })).toEqual({ A: '1', B: 'two words' })
    await expect(as(ada).configuration.import({ app: 'shop', text: 'A=2\n<<<<' })).rejects.toThrow('Line 2')
    expect(await as(ada).configuration.get({ app: 'shop', variable: 'A' })).toEqual({ value: '1' })
    expect(await as(ada).configuration.export({ app: 'shop', format: 'shell' })).toEqual({
      text: "export A='1'\nexport B='two words'\n",
    })
  })

  test('is shown with its values to those alone who may see them', async () => {
    await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'canary' } })
    await as(ada).configuration.setFile({ app: 'shop', file: 'key.pem', content: 'Y2FuYXJ5' })
    const vic = await person('Vic', 'viewer')
    const shown = await as(vic).configuration.list({ app: 'shop' })
    expect(shown).toEqual({
      variables: ['KEY'],
      secretFiles: [{ name: 'key.pem', bytes: 6 }],
      changed: { at: expect.any(String), by: 'Ada' },
      next: null,
    })
    const refused = [
      as(vic).configuration.read({ app: 'shop' }),
      as(vic).configuration.get({ app: 'shop', variable: 'KEY' }),
      as(vic).configuration.export({ app: 'shop' }),
      as(vic).configuration.preview({ app: 'shop', text: 'KEY=guess' }),
      as(vic).configuration.set({ app: 'shop', variables: { KEY: 'x' } }),
    ]
    for (const call of refused) await expect(call).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('stands in the audit log by its names', async () => {
    await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'canary' } })
    await as(ada).configuration.setFile({ app: 'shop', file: 'key.pem', content: 'Y2FuYXJ5' })
    const entries = JSON.stringify(
      await parts.stores.audit.list({ appId: app.id, teamId: app.teamId, limit: 10 }),
    )
    expect(entries).toContain('KEY')
    expect(entries).toContain('key.pem')
    expect(entries).not.toMatch(/canary|Y2FuYXJ5/)
  })

  test('is read and compared by those alone of whom the audit log says so', async () => {
    await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'canary' } })
    await as(ada).configuration.get({ app: 'shop', variable: 'KEY' })
    await as(ada).configuration.read({ app: 'shop' })
    await as(ada).configuration.export({ app: 'shop' })
    const preview = await as(ada).configuration.preview({ app: 'shop', text: 'KEY=canary\nNEW=1\n=' })
    expect(preview.variables.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['KEY', 'unchanged'],
      ['NEW', 'new'],
    ])
    expect(preview.refused).toHaveLength(1)
    const entries = await parts.stores.audit.list({ appId: app.id, teamId: app.teamId, limit: 10 })
    const told = Object.fromEntries(entries.map(({ action, after }) => [action, after]))
    expect(told).toMatchObject({
      'configuration.preview': { compared: ['KEY', 'NEW'] },
      'configuration.export': { read: ['KEY'] },
      'configuration.read': { read: ['KEY'] },
      'configuration.get': { read: ['KEY'] },
    })
    expect(JSON.stringify(entries)).not.toContain('canary')
  })

  test('changes in several ways at once, and says before what that will restart', async () => {
    await live()
    await parts.stores.apps.setFormation(app.id, { web: 2, worker: 0 })
    const { next } = await as(ada).configuration.list({ app: 'shop' })
    expect(next).toEqual({ version: 2, restarts: ['web'] })
    await as(ada).configuration.set({ app: 'shop', variables: { OLD: '1' } })
    const changed = await as(ada).configuration.change({
      ...{ app: 'shop', set: { A: '1' }, unset: ['OLD'] },
      setFiles: { 'key.pem': 'Y2FuYXJ5' },
    })
    expect(changed).toMatchObject({
      variables: { added: ['A'], removed: ['OLD'] },
      secretFiles: { added: ['key.pem'] },
      begun: { version: 3 },
    })
    await parts.stores.apps.setStopped(app.id, true)
    expect((await as(ada).configuration.list({ app: 'shop' })).next).toEqual({ version: 4, restarts: [] })
  })

  test('is not changed by whoever has not seen what somebody else changed meanwhile', async () => {
    const seenBy = async (who: string) =>
      (await as(who).configuration.list({ app: 'shop' })).changed?.at ?? null
    const bob = await person('Bob', 'developer')
    const seen = await seenBy(ada)
    await as(bob).configuration.change({ app: 'shop', set: { A: 'of Bob' }, seen: await seenBy(bob) })
    const late = as(ada).configuration.change({ app: 'shop', set: { A: 'of Ada' }, seen })
    await expect(late).rejects.toMatchObject({ cause: { code: 'CONFIGURATION.CHANGED_MEANWHILE' } })
    expect(await as(ada).configuration.read({ app: 'shop' })).toEqual({ A: 'of Bob' })
    await as(ada).configuration.change({ app: 'shop', set: { A: 'of Ada' }, seen: await seenBy(ada) })
    expect(await as(ada).configuration.read({ app: 'shop' })).toEqual({ A: 'of Ada' })
  })

  test('has a history: which release changed which names, and who made it', async () => {
    await live()
    await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'canary' } })
    await released('sha256:pushed')
    const bob = await person('Bob', 'developer')
    await as(bob).configuration.change({ app: 'shop', unset: ['KEY'], setFiles: { 'a.pem': 'YQ==' } })
    const { changes, more } = await as(ada).configuration.history({ app: 'shop' })
    expect(changes.filter(({ version }) => version !== 3)).toMatchObject([
      { version: 4, before: 3, by: 'Bob', secretFiles: { added: ['a.pem'] } },
      { version: 2, before: 1, by: 'Ada', variables: { added: ['KEY'] }, reason: 'Set KEY' },
    ])
    expect(more).toBe(false)
    expect(JSON.stringify(changes)).not.toMatch(/canary|YQ==/)
    expect((await as(ada).configuration.history({ app: 'shop', releases: 1 })).more).toBe(true)
  })

  test('that may not be is refused, and nothing is changed', async () => {
    await live()
    const refused = as(ada).configuration.set({ app: 'shop', variables: { A: '1', 'B-C': '2' } })
    await expect(refused).rejects.toThrow('is not the name of a variable')
    expect(await as(ada).configuration.list({ app: 'shop' })).toMatchObject({ variables: [] })
    const missing = as(ada).configuration.get({ app: 'shop', variable: 'A' })
    await expect(missing).rejects.toMatchObject({ cause: { code: 'CONFIGURATION.NOT_SET' } })
  })
})

describe('going back', () => {
  beforeEach(async () => {
    await live('sha256:one')
    await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'new' } })
    await becomeLive(2)
    await live('sha256:two')
    here([1, 2, 3])
    parts.jobs.length = 0
  })

  test('brings back image and configuration as a new release, and both are current then', async () => {
    const made = await as(ada).releases.rollback({ app: 'shop', version: 1 })
    expect(made).toMatchObject({ version: 4, from: 1 })
    expect(parts.jobs).toEqual([['deploy', { deploymentId: made.deploymentId }]])
    expect(await parts.stores.releases.latest(app.id)).toMatchObject({
      imageDigest: 'sha256:one',
      configuration: {},
      reason: 'Roll back to v1',
    })
    expect(await parts.stores.configurations.current(app.id)).toMatchObject({ variables: {} })
  })

  test('keeps today’s configuration where that is wanted', async () => {
    await as(ada).releases.rollback({ app: 'shop', version: 1, keepConfiguration: true })
    expect(await parts.stores.releases.latest(app.id)).toMatchObject({
      imageDigest: 'sha256:one',
      configuration: { KEY: 'new' },
    })
    expect(await parts.stores.configurations.current(app.id)).toMatchObject({ variables: { KEY: 'new' } })
  })

  test('without a version is to the one that was live before, and twice is forth again', async () => {
    expect(await as(ada).releases.rollback({ app: 'shop' })).toMatchObject({ version: 4, from: 2 })
    await becomeLive(4)
    here([1, 2, 3, 4])
    expect(await as(ada).releases.rollback({ app: 'shop' })).toMatchObject({ version: 5, from: 3 })
  })

  test('is refused where there is no such release, where it is live, and where its image is gone', async () => {
    const codes = [
      [9, 'RELEASE.NOT_FOUND'],
      [3, 'RELEASE.LIVE_ALREADY'],
      [1, 'RELEASE.IMAGE_GONE'],
    ] as const
    here([2, 3])
    for (const [version, code] of codes)
      await expect(as(ada).releases.rollback({ app: 'shop', version })).rejects.toMatchObject({
        cause: { code },
      })
    expect(parts.jobs).toEqual([])
    expect(await parts.stores.releases.list(app.id, 10)).toHaveLength(3)
  })

  test('is not done while nobody can say whether the image is here', async () => {
    parts.live.available = false
    await expect(as(ada).releases.rollback({ app: 'shop' })).rejects.toMatchObject({
      cause: { code: 'LIVE.UNAVAILABLE' },
    })
    expect(await as(ada).releases.list({ app: 'shop' })).toMatchObject([
      { version: 3, isLive: true, available: null },
      { version: 2, isLive: false },
      { version: 1 },
    ])
  })
})

test('nothing was live before: there is no earlier release', async () => {
  await live()
  here([1])
  await expect(as(ada).releases.rollback({ app: 'shop' })).rejects.toMatchObject({
    cause: { code: 'RELEASE.NO_EARLIER' },
  })
})

test('a release is told of, and two are compared, without a value of a variable', async () => {
  await live('sha256:one')
  await as(ada).configuration.set({ app: 'shop', variables: { KEY: 'canary' } })
  here([2])
  const info = await as(ada).releases.info({ app: 'shop', version: 2 })
  expect(info).toMatchObject({ version: 2, variables: ['KEY'], isLive: false, available: true })
  const difference = await as(ada).releases.diff({ app: 'shop', from: 1, to: 2 })
  expect(difference).toMatchObject({ variables: { added: ['KEY'] }, sameImage: true, commits: null })
  expect(JSON.stringify([info, difference])).not.toContain('canary')
  await expect(as(ada).releases.info({ app: 'shop', version: 3 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

function here(versions: number[]) {
  parts.live.imagesHere.set(app.id, versions)
}

function as(personId: string) {
  // What these procedures ask of their surroundings is there; the rest belongs to others.
  const asked = parts as unknown as ApiParts
  return createCaller(createContext(asked, { id: personId, name: 'Some One', email: 'one@example.com' }))
}

async function live(imageDigest = 'sha256:1'): Promise<void> {
  const deploymentId = await released(imageDigest)
  await becomeLiveById(deploymentId)
}

async function released(imageDigest: string): Promise<string> {
  const { stores } = parts
  const release = await stores.releases.next(app.id, ({ current }) => ({
    release: { ...releaseOf(imageDigest), configuration: current.variables },
  }))
  return (await stores.deployments.create(app.id, release?.id ?? '')).id
}

async function becomeLive(version: number): Promise<void> {
  const release = await parts.stores.releases.byVersion(app.id, version)
  const deployments = await parts.stores.deployments.list(app.id, 50)
  await becomeLiveById(deployments.find(({ releaseId }) => releaseId === release?.id)?.id ?? '')
}

async function becomeLiveById(id: string): Promise<void> {
  const { deployments } = parts.stores
  await deployments.become(id, 'starting')
  await deployments.become(id, 'healthy')
  await deployments.becomeLive(id)
}

function releaseOf(imageDigest: string) {
  return {
    ...{ appId: app.id, imageDigest, revisionId: null, releaseCommand: null },
    processes: ['web', 'worker'].map((type) => ({ type: type as ProcessType, command: null })),
    ...{ configuration: {}, secretFiles: {}, healthchecks: {}, scripts: noScripts, cron: [], limits: {} },
    ...{ reason: 'Deploy', createdById: null },
  }
}

async function person(name: string, role: 'owner' | 'developer' | 'viewer'): Promise<string> {
  const { people } = parts.stores
  const [team] = await people.teams()
  const email = `${name.toLowerCase()}@example.com`
  const account = { name, email, passwordHash: null, team: team ?? { name: 'Harbour' }, role }
  return (await people.createPerson(account)).id
}

import { setTimeout as sleep } from 'node:timers/promises'
import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, noScripts, readSettings, unexpectedRecord } from '@berth/domain'
import { type FakeLiveClient, fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, createContext } from '../context.ts'
import { createCaller } from '../router.ts'

let parts: Pick<ApiParts, 'stores' | 'queue' | 'settings'> & { live: FakeLiveClient }
let app: App
let ada: string

beforeEach(async () => {
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  parts = { stores: fakeStores(), queue: { add: async () => '1' }, live: fakeLiveClient(), settings }
  const account = { name: 'Ada', email: 'ada@example.com', passwordHash: null, role: 'owner' } as const
  ada = (await parts.stores.people.createPerson({ ...account, team: { name: 'Harbour' } })).id
  const [member] = await parts.stores.people.memberships(ada)
  app = await parts.stores.apps.create({ name: 'shop' as AppName, teamId: member?.teamId ?? '' })
})

describe('the history', () => {
  test('has so many of the newest, and says whether there are older ones', async () => {
    for (let number = 1; number <= 5; number++) await pushed(`Change ${number}`)
    const history = await api().deployments.history({ app: 'shop', limit: 2 })
    expect(messages(history)).toEqual(['Change 5', 'Change 4'])
    expect(history.hasOlder).toBe(true)
    const all = await api().deployments.history({ app: 'shop', limit: 5 })
    expect([all.deployments.length, all.hasOlder, all.isCutOff]).toEqual([5, false, false])
  })

  test('finds every word in what is shown: message, commit, author, version, reason, failure', async () => {
    await pushed('Add the checkout', 'a1b2c3')
    await pushed('Fix prices', 'd4e5f6')
    for (const text of ['CHECKOUT', 'a1b2', 'v1', 'author checkout', 'Deploy checkout'])
      expect(messages(await api().deployments.history({ app: 'shop', text })), text).toEqual([
        'Add the checkout',
      ])
    expect(messages(await api().deployments.history({ app: 'shop', text: 'a1b2 prices' }))).toEqual([])
  })

  test('has those of one state, however far back', async () => {
    const { buildId } = await built('Broken')
    await parts.stores.builds.end(buildId, 'failed', unexpectedRecord)
    for (let number = 1; number <= 3; number++) await pushed(`Change ${number}`)
    const failed = await api().deployments.history({ app: 'shop', state: 'failed', limit: 1 })
    expect([messages(failed), failed.hasOlder]).toEqual([['Broken'], false])
    const running = await api().deployments.history({ app: 'shop', state: 'under-way', limit: 2 })
    expect([messages(running), running.hasOlder]).toEqual([['Change 3', 'Change 2'], true])
  })

  test('says what began each, and how much of its build came from the cache', async () => {
    await pushed('Add the checkout')
    expect((await api().deployments.history({ app: 'shop' })).deployments).toMatchObject([
      { kind: 'push', cache: { reusedSteps: 3, steps: 7 } },
    ])
  })
})

describe('the preview of going back', () => {
  beforeEach(async () => {
    await becomeLive((await pushed('One', 'a', { OLD: '1' })).deploymentId)
    await becomeLive((await pushed('Two', 'b', { KEY: 'canary' })).deploymentId)
    parts.live.imagesHere.set(app.id, [1, 2])
    await parts.stores.apps.setLimits(app.id, 'web', { memoryBytes: 2 ** 30, cpus: null })
    await parts.stores.releases.next(app.id, () => ({
      release: null,
      configuration: { now: { variables: { KEY: 'canary' }, secretFiles: {} }, changedById: ada },
    }))
  })
  const preview = (keepConfiguration: boolean) =>
    api().releases.rollbackPreview({ app: 'shop', version: 1, keepConfiguration })

  test('says the names of variables that change, and never a value', async () => {
    const changes = await preview(false)
    expect(changes).toMatchObject({
      from: 2,
      to: 1,
      sameImage: false,
      variables: { added: ['OLD'], removed: ['KEY'], changed: [] },
    })
    expect(JSON.stringify(changes)).not.toContain('canary')
  })

  test('with today’s configuration has no variable in it', async () => {
    const none = { added: [], removed: [], changed: [] }
    expect(await preview(true)).toMatchObject({ variables: none, secretFiles: none, sameImage: false })
  })

  test('has the limits of today: they stay as they are', async () => {
    const limits = [{ name: 'web', before: null, after: { memoryBytes: 2 ** 30, cpus: null } }]
    expect(await preview(false)).toMatchObject({ limits })
  })

  test('is what rolling back then does', async () => {
    const changes = await preview(true)
    const { version } = await api().releases.rollback({ app: 'shop', version: 1, keepConfiguration: true })
    const done = await api().releases.diff({ app: 'shop', from: 2, to: version })
    expect({ ...done, to: 1 }).toEqual(changes)
  })

  test('refuses what rolling back would refuse', async () => {
    await expect(api().releases.rollbackPreview({ app: 'shop', version: 2 })).rejects.toMatchObject({
      cause: { code: 'RELEASE.LIVE_ALREADY' },
    })
    parts.live.imagesHere.set(app.id, [2])
    await expect(preview(false)).rejects.toMatchObject({ cause: { code: 'RELEASE.IMAGE_GONE' } })
  })
})

function api() {
  // What these procedures ask of their surroundings is there; the rest belongs to others.
  const asked = parts as unknown as ApiParts
  return createCaller(createContext(asked, { id: ada, name: 'Ada', email: 'ada@example.com' }))
}

function messages({ deployments }: { deployments: { commit: { message: string } | null }[] }) {
  return deployments.map(({ commit }) => commit?.message)
}

async function built(message: string, commit = 'c0ffee') {
  const { revisions, builds } = parts.stores
  // Two of one millisecond have no order.
  await sleep(2)
  const who = { author: 'Ada the Author', branch: 'main', pushedById: ada }
  const revision = await revisions.create({ appId: app.id, commit, message, ...who })
  const { id } = await builds.create(app.id, revision.id)
  await builds.start(id)
  return { buildId: id, revisionId: revision.id }
}

async function pushed(message: string, commit?: string, configuration: Record<string, string> = {}) {
  const { stores } = parts
  const { buildId, revisionId } = await built(message, commit)
  const imageDigest = `sha256:${message}`
  await stores.builds.succeed(buildId, imageDigest, { reusedSteps: 3, steps: 7 })
  const release = await stores.releases.create({
    ...{ appId: app.id, imageDigest, revisionId, releaseCommand: null, processes: [], configuration },
    ...{ secretFiles: {}, healthchecks: {}, scripts: noScripts, cron: [], limits: {} },
    ...{ reason: `Deploy ${message}`, createdById: ada },
  })
  return { deploymentId: (await stores.deployments.create(app.id, release.id)).id }
}

async function becomeLive(id: string): Promise<void> {
  const { deployments } = parts.stores
  await deployments.become(id, 'starting')
  await deployments.become(id, 'healthy')
  await deployments.becomeLive(id)
}

import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, noScripts, readSettings } from '@berth/domain'
import { bucketCount, plotApp } from '@berth/observe'
import { type FakeLiveClient, fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { parseExposition } from '@berth/testkit/parse-exposition.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { readExposition } from './read-exposition.ts'
import { createCaller } from './router.ts'

let parts: Pick<ApiParts, 'stores' | 'settings'> & { live: FakeLiveClient }
let app: App
let ada: string

beforeEach(async () => {
  parts = {
    stores: fakeStores(),
    live: fakeLiveClient(),
    settings: readSettings({ BERTH_HOME: '/tmp/nowhere' }),
  }
  ada = await person('Ada', 'owner')
  const [member] = await parts.stores.people.memberships(ada)
  app = await parts.stores.apps.create({ name: 'shop' as AppName, teamId: member?.teamId ?? '' })
})

const hour = { from: '2026-11-22T09:00:00.000Z', to: '2026-11-22T10:00:00.000Z' }
const code = async (work: Promise<unknown>) =>
  await work.then(
    () => 'none',
    (error: { code?: string; cause?: { code?: string } }) => error.cause?.code ?? error.code,
  )

describe('figures of an app', () => {
  test('are what the worker has, with times as text', async () => {
    const range = { from: Date.parse(hour.from), to: Date.parse(hour.to), stepMs: 1_800_000 }
    parts.live.plots.set(app.id, plotApp({ alive: [], instances: [], traffic: [] }, range))
    const read = await as(ada).metrics.read({ app: 'shop', ...hour, points: 2 })
    expect(read).toMatchObject({ from: hour.from, stepMs: 1_800_000, releases: [] })
    expect(read.usage.cpu).toEqual([null, null])
  })

  test('come with the releases that went live then, and with no other', async () => {
    await released('live')
    await released('failed')
    const now = Date.now()
    const at = (ms: number) => new Date(now + ms).toISOString()
    const near = { from: at(-60_000), to: at(60_000) }
    expect((await as(ada).metrics.read({ app: 'shop', ...near })).releases).toEqual([
      { version: 1, at: expect.any(String), deployment: expect.any(String) },
    ])
    expect((await as(ada).metrics.read({ app: 'shop', ...hour })).releases).toEqual([])
  })

  test.each([
    ['the end before the beginning', { from: hour.to, to: hour.from }],
    ['more than a month', { from: '2026-10-01T00:00:00Z', to: hour.to }],
    ['what is no time', { from: 'yesterday' }],
    ['what is no instance', { instance: '../web.1' }],
    ['too many points', { points: 100_000 }],
  ])('are not asked for with %s', async (_what, input) => {
    const asked = as(ada).metrics.read({ app: 'shop', ...hour, ...input })
    await expect(asked).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('are another team’s business alone', async () => {
    const eve = await person('Eve', 'owner', 'Elsewhere')
    expect(await code(as(eve).metrics.read({ app: 'shop', ...hour }))).toBe('APP.NOT_FOUND')
    expect(await as(eve).metrics.list({})).toEqual([])
    expect((await as(ada).metrics.list({})).map((each) => each.app)).toEqual(['shop'])
  })

  test('are not there while the worker is not', async () => {
    parts.live.available = false
    expect(await code(as(ada).metrics.read({ app: 'shop', ...hour }))).toBe('LIVE.UNAVAILABLE')
  })
})

describe('the machine', () => {
  test('is for admins', async () => {
    const dev = await person('Dev', 'developer')
    expect(await as(ada).machine.view()).toMatchObject({ cpus: 2 })
    expect(await code(as(dev).machine.view())).toBe('API.NOT_ALLOWED')
  })
})

describe('what Prometheus gets', () => {
  const counted = { statuses: [0, 5, 0, 0, 0], requestBytes: 1, responseBytes: 2, latencySumMs: 3 }
  const latency = new Array<number>(bucketCount).fill(0)
  beforeEach(() => {
    const other = '00000000-0000-4000-8000-000000000000'
    parts.live.snapshotNow.apps = [app.id, other].map((appId) => ({ appId, ...counted, latency }))
  })
  const told = async (personId: string | null) => await readExposition(contextOf(personId))

  test('names apps and teams, in its own format', async () => {
    const [requests] = parseExposition(await told(ada)).filter(
      ({ name }) => name === 'berth_app_requests_total',
    )
    expect(requests?.samples).toHaveLength(5)
    expect(requests?.samples[1]).toMatchObject({
      value: 5,
      labels: { app: 'shop', team: 'Harbour', status: '2xx' },
    })
    expect(await told(ada)).toContain('berth_machine_cpus 2')
  })

  test('is less for a developer, nothing for another team, and refused to a stranger', async () => {
    const dev = await person('Dev', 'developer')
    const eve = await person('Eve', 'developer', 'Elsewhere')
    expect(await told(dev)).toContain('app="shop"')
    expect(await told(dev)).not.toContain('berth_machine')
    expect(await told(eve)).toBe('')
    expect(await code(told(null))).toBe('API.SIGNED_OUT')
  })
})

async function released(state: 'live' | 'failed'): Promise<void> {
  const { releases, deployments } = parts.stores
  const release = await releases.create({
    ...{ appId: app.id, imageDigest: 'sha256:1', revisionId: null, processes: [], releaseCommand: null },
    ...{ configuration: {}, healthchecks: {}, scripts: noScripts, cron: [], limits: {} },
    ...{ reason: 'Deploy', createdById: ada },
  } as unknown as Parameters<typeof releases.create>[0])
  const { id } = await deployments.create(app.id, release.id)
  await deployments.become(id, 'starting')
  if (state === 'failed') return void (await deployments.end(id, 'failed', null))
  await deployments.become(id, 'healthy')
  await deployments.becomeLive(id)
}

async function person(name: string, role: 'owner' | 'developer', newTeam?: string): Promise<string> {
  const { people } = parts.stores
  const [first] = await people.teams()
  const of = newTeam === undefined && first ? first : { name: newTeam ?? 'Harbour' }
  const account = { name, email: `${name.toLowerCase()}@example.com`, passwordHash: null, team: of, role }
  return (await people.createPerson(account)).id
}

function contextOf(personId: string | null) {
  // What these procedures ask of their surroundings is there; the rest belongs to others.
  const asked = parts as unknown as ApiParts
  const one = personId === null ? null : { id: personId, name: 'Some One', email: 'one@example.com' }
  return createContext(asked, one)
}

function as(personId: string) {
  return createCaller(contextOf(personId))
}

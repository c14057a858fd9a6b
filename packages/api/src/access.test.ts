import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type AppName, noScripts, readSettings } from '@berth/domain'
import { openTargets } from '@berth/observe'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import {
  openInvitations,
  openKeys,
  openRegistryCredentials,
  openSealing,
  openSignOn,
  openTokens,
} from '@berth/people'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import type { ProcedureMeta } from './procedure.ts'
import { appRouter, createCaller } from './router.ts'
import { toBerthError } from './translate-errors.ts'

/** Every procedure there is, with what it declares: a new one is in here without being added. */
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta; type: string } }>,
).map(([path, procedure]) => ({ path, meta: procedure._def.meta, type: procedure._def.type }))

const concerning = (...objects: ProcedureMeta['object'][]) =>
  procedures.filter(({ meta }) => meta && objects.includes(meta.object))

let parts: ApiParts & { jobs: unknown[] }
let ids: { app: string; build: string }
let ada: string
let eve: string

beforeEach(async () => {
  const stores = fakeStores()
  const jobs: unknown[] = []
  const queue = { add: async (...job: unknown[]) => String(jobs.push(job)), close: async () => undefined }
  const keys = openKeys(stores.people)
  const tokens = openTokens(stores.people)
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  const sealing = openSealing('key')
  const registryCredentials = openRegistryCredentials({ store: stores.registryCredentials, sealing })
  const targets = openTargets({ store: stores.notifications, sealing })
  const url = 'http://berth.localhost:8080'
  const invitations = openInvitations({ people: stores.people, url, sendText: null })
  const signOn = openSignOn({ store: stores.signOn, sealing })
  const doors = { keys, tokens, targets, registryCredentials, invitations, signOn }
  parts = { stores, queue, jobs, live: fakeLiveClient(), ...doors, settings, version: '1.2.3' }
  ada = await person('Ada', 'Harbour', 'owner')
  eve = await person('Eve', 'Elsewhere', 'owner')
  ids = await appOf(ada)
})

describe('every procedure', () => {
  test.each(procedures)('$path names its permission and its object', ({ meta }) => {
    expect(meta?.permission).toBeTruthy()
    expect(meta?.object).toBeTruthy()
  })

  test.each(procedures.filter(({ meta }) => meta?.permission !== 'public'))(
    '$path refuses a stranger',
    async ({ path }) => {
      expect(await codeOf(path, null)).toBe('API.SIGNED_OUT')
    },
  )

  test.each(concerning('app'))('$path does not know an app of another team', async ({ path }) => {
    expect(await codeOf(path, eve)).toBe('APP.NOT_FOUND')
  })

  test.each(concerning('stage'))('$path does not know a build of another team', async ({ path }) => {
    expect(await codeOf(path, eve)).toBe('DEPLOYMENT.NOT_FOUND')
  })

  test.each(concerning('app', 'stage', 'team').filter(({ type }) => type === 'mutation'))(
    '$path lets a viewer change nothing',
    async ({ path }) => {
      const viewer = await person('Vic', 'Harbour', 'viewer')
      expect(await codeOf(path, viewer)).toBe('API.NOT_ALLOWED')
    },
  )

  test.each(concerning('app', 'stage'))('$path lets the owner in', async ({ path }) => {
    expect(await codeOf(path, ada)).not.toMatch(/SIGNED_OUT|NOT_ALLOWED|APP.NOT_FOUND|BAD_INPUT/)
  })
})

test('only the status is public', () => {
  const open = procedures.filter(({ meta }) => meta?.permission === 'public').map(({ path }) => path)
  expect(open).toEqual(['meta.status'])
})

test('an app that is not there and an app of another team look the same', async () => {
  const missing = await failure('apps.get', eve, { app: 'nothere' })
  const foreign = await failure('apps.get', eve, { app: 'shop' })
  expect(JSON.stringify(foreign).replaceAll('shop', 'nothere')).toBe(JSON.stringify(missing))
})

test('a list holds what is of one’s own teams alone', async () => {
  expect((await as(ada).apps.list()).map(({ name }) => name)).toEqual(['shop'])
  expect(await as(eve).apps.list()).toEqual([])
})

test('nobody removes another’s key or token', async () => {
  const { record } = await as(ada).people.tokens.create({ name: 'laptop' })
  expect(await failure('people.tokens.revoke', eve, { id: record.id })).toMatchObject({
    code: 'TOKEN.NOT_FOUND',
  })
  expect(await as(ada).people.tokens.list()).toHaveLength(1)
})

describe('accounts at registries', () => {
  const account = { host: 'GHCR.io', username: 'ann', password: 'pass word' }

  test('are listed with who set them, without their password', async () => {
    expect(await as(ada).registries.set(account)).toEqual({ team: 'Harbour', host: 'ghcr.io' })
    const listed = await as(ada).registries.list({ team: 'Harbour' })
    expect(listed).toEqual([{ host: 'ghcr.io', username: 'ann', createdAt: expect.any(String), by: 'Ada' }])
    await as(ada).registries.remove({ host: 'ghcr.io' })
    expect(await failure('registries.remove', ada, { host: 'ghcr.io' })).toMatchObject({
      code: 'REGISTRY_ACCOUNT.NOT_FOUND',
    })
  })

  test('are the team’s alone: another team is not there, by name or id', async () => {
    await as(ada).registries.set(account)
    const [team] = await parts.stores.people.memberships(ada)
    expect(await as(eve).registries.list({})).toEqual([])
    for (const said of ['Harbour', team?.teamId ?? ''])
      for (const path of ['registries.list', 'registries.set', 'registries.remove'])
        expect(await failure(path, eve, { ...account, team: said })).toMatchObject({ code: 'TEAM.NOT_FOUND' })
  })

  test('are an admin’s to change and a developer’s to look at', async () => {
    const { people } = parts.stores
    const [harbour] = await people.memberships(ada)
    const vic = await person('Vic', 'Harbour', 'viewer')
    const allowed = async (path: string) =>
      (await failure(path, vic, { ...account, host: 'never.set' }))?.code !== 'API.NOT_ALLOWED'
    const all = async () => [await allowed('registries.list'), await allowed('registries.remove')]
    expect(await all()).toEqual([false, false])
    await people.setMember(harbour?.teamId ?? '', vic, 'developer')
    expect(await all()).toEqual([true, false])
    await people.setMember(harbour?.teamId ?? '', vic, 'admin')
    expect(await all()).toEqual([true, true])
  })

  test('whoever is in several teams says which', async () => {
    const second = await parts.stores.people.createTeam('Second')
    await parts.stores.people.setMember(second.id, ada, 'admin')
    expect(await failure('registries.set', ada, account)).toMatchObject({ code: 'TEAM.NOT_SAID' })
    expect(await as(ada).registries.set({ ...account, team: 'Second' })).toMatchObject({ team: 'Second' })
    expect(await as(ada).registries.list({ team: 'Harbour' })).toEqual([])
  })

  test('a password that cannot be is not repeated', async () => {
    const refused = await failure('registries.set', ada, {
      ...account,
      password: `${'secret'.repeat(2_000)}`,
    })
    expect(refused).toMatchObject({ code: 'API.BAD_INPUT' })
    expect(JSON.stringify(refused)).not.toContain('secret')
  })
})

test('an app is removed by its name alone, as a job', async () => {
  const app = 'shop'
  expect(await failure('apps.remove', ada, { app, confirmedName: 'shopp' })).toMatchObject({
    code: 'APP.NAME_DIFFERS',
  })
  expect(parts.jobs).toEqual([])
  await as(ada).apps.remove({ app, confirmedName: 'shop' })
  expect(parts.jobs).toEqual([['remove-app', { appId: ids.app }]])
})

test('while the worker is away, an app is said to be not known instead of live', async () => {
  const live = parts.live as ReturnType<typeof fakeLiveClient>
  live.available = false
  const { stores } = parts
  await stores.builds.start(ids.build)
  await stores.builds.succeed(ids.build, 'sha256:1')
  const revision = (await stores.builds.get(ids.build)).revisionId
  const release = await stores.releases.create({
    appId: ids.app,
    imageDigest: 'sha256:1',
    revisionId: revision,
    processes: [],
    releaseCommand: null,
    configuration: {},
    secretFiles: {},
    healthchecks: {},
    scripts: noScripts,
    cron: [],
    limits: {},
    reason: 'push',
    createdById: ada,
  })
  const deployment = await stores.deployments.create(ids.app, release.id)
  await stores.deployments.become(deployment.id, 'starting')
  await stores.deployments.become(deployment.id, 'healthy')
  await stores.deployments.becomeLive(deployment.id)
  const [app] = await as(ada).apps.list()
  expect(app).toMatchObject({ state: 'unknown', instances: null, live: { version: 1, by: 'Ada' } })
})

function as(personId: string | null) {
  const someone = personId === null ? null : { id: personId, name: 'Some One', email: 'one@example.com' }
  return createCaller(createContext(parts, someone))
}

async function failure(path: string, personId: string | null, input: unknown) {
  const call = path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], as(personId))
  try {
    const result = await (call as (input: unknown) => Promise<unknown>)(input)
    if (!result || typeof result !== 'object' || !(Symbol.asyncIterator in result)) return null
    // A stream refuses when it is opened; one that would wait is open.
    const iterator = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    await Promise.race([iterator.next(), new Promise((resolve) => setTimeout(resolve, 20))])
    return null
  } catch (thrown) {
    const error = toBerthError(thrown)
    if (!error) throw thrown
    return { code: error.code, message: error.message, hint: error.hint }
  }
}

/** An input that suits any procedure; what it does not know it leaves out. */
async function codeOf(path: string, personId: string | null): Promise<string> {
  const input = {
    app: 'shop',
    id: ids.build,
    name: 'fresh',
    confirmedName: 'shop',
    deployment: ids.build,
    publicKey: 'x',
    quantities: { web: 1 },
    type: 'web',
    reference: 'busybox',
    url: 'https://example.com/shop.git',
    follow: false,
  }
  return (await failure(path, personId, input))?.code ?? 'none'
}

async function person(name: string, teamName: string, role: 'owner' | 'viewer'): Promise<string> {
  const { people } = parts.stores
  const team = (await people.teams()).find((known) => known.name === teamName)
  const email = `${name.toLowerCase()}@example.com`
  const made = await people.createPerson({
    name,
    email,
    passwordHash: null,
    team: team ?? { name: teamName },
    role,
  })
  return made.id
}

async function appOf(personId: string) {
  const { stores } = parts
  const teamId = (await stores.people.memberships(personId))[0]?.teamId ?? ''
  const app = await stores.apps.create({ name: 'shop' as AppName, teamId })
  const commit = {
    commit: 'a'.repeat(40),
    message: 'first',
    author: 'Ada',
    branch: 'main',
    pushedById: personId,
  }
  const revision = await stores.revisions.create({ appId: app.id, ...commit })
  const build = await stores.builds.create(app.id, revision.id)
  return { app: app.id, build: build.id }
}

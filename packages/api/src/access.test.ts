import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type AppName, noScripts, type Role, readSettings, type TokenScope } from '@berth/domain'
import { openDrains, openTargets } from '@berth/observe'
import type { FakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { fakeChangeFeed } from '@berth/observe/drivers/fake-change-feed.ts'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import {
  openInvitations,
  openKeys,
  openRegistryCredentials,
  openSealing,
  openSignOn,
  openTokens,
} from '@berth/people'
import { fakeQueue } from '@berth/queue/drivers/fake-queue.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiParts, type Asking, createContext } from './context.ts'
import type { ProcedureMeta } from './procedure.ts'
import { appRouter, createCaller } from './router.ts'
import { accessTable, type Line } from './tests/access-table.ts'
import { toBerthError } from './translate-errors.ts'

/** Every procedure there is, with what it declares: a new one is in here without being added. */
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta; type: string } }>,
).map(([path, procedure]) => ({ path, meta: procedure._def.meta, type: procedure._def.type }))

let parts: ApiParts & { jobs: unknown[] }
let ids: { app: string; build: string }
let ada: string
let eve: string

beforeEach(moveIn)

/** An empty platform, with two teams, and an app of one of them. */
async function moveIn(): Promise<void> {
  const stores = fakeStores()
  const jobs: unknown[] = []
  const queue = { add: async (...job: unknown[]) => String(jobs.push(job)), close: async () => undefined }
  const keys = openKeys(stores.people)
  const tokens = openTokens(stores.people)
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  const sealing = openSealing('key')
  const registryCredentials = openRegistryCredentials({ store: stores.registryCredentials, sealing })
  const targets = openTargets({ store: stores.notifications, sealing })
  const drains = openDrains({ store: stores.drains, sealing })
  const url = 'http://berth.localhost:8080'
  const invitations = openInvitations({ people: stores.people, url: async () => url, sendText: null })
  const signOn = openSignOn({ store: stores.signOn, sealing })
  const doors = { keys, tokens, targets, drains, registryCredentials, invitations, signOn }
  parts = {
    stores,
    queue,
    ledger: fakeQueue().queue,
    jobs,
    live: fakeLiveClient(),
    changes: fakeChangeFeed(),
    ...doors,
    settings,
    version: '1.2.3',
  }
  ada = await person('Ada', 'Harbour', 'owner')
  eve = await person('Eve', 'Elsewhere', 'owner')
  ids = await appOf(ada)
}

describe('every procedure', () => {
  test.each(procedures)('$path names its permission and its object', ({ meta }) => {
    expect(meta?.permission).toBeTruthy()
    expect(meta?.object).toBeTruthy()
  })

  test.each(procedures)('$path is in the table', ({ path }) => {
    const missing = `Who may call ${path}? Add a line to accessTable in packages/api/src/tests/access-table.ts.`
    expect(Object.hasOwn(accessTable, path) ? '' : missing).toBe('')
  })

  test.each(procedures.filter(({ path }) => Object.hasOwn(accessTable, path)))(
    '$path is for whom the table says, and in the audit log if it changes something',
    async (procedure) => {
      const line = accessTable[procedure.path] as Line
      for (const visitor of visitors) {
        await moveIn()
        const { code, told } = await visit(procedure, line, visitor)
        const expected = verdict(procedure, line, visitor)
        const said = `${visitor}: ${code}`
        if (expected === 'allowed')
          expect(
            refusals.filter((each) => each !== line.endsWith),
            said,
          ).not.toContain(code)
        else expect(code, said).toBe(expected)
        expect(told, `lines in the audit log for ${said}`).toEqual(
          expectedLines(procedure, visitor, { code, isAllowed: expected === 'allowed' }),
        )
      }
    },
  )

  test('the table knows no procedure that is not there', () => {
    const paths = procedures.map(({ path }) => path)
    expect(Object.keys(accessTable).filter((path) => !paths.includes(path))).toEqual([])
  })
})

/** Who comes to every procedure. Tokens are the owner's. */
const visitors = [
  ...(['nobody', 'stranger', 'removed member', 'viewer', 'developer', 'admin', 'owner'] as const),
  ...(['member barred', 'token read', 'token deploy', 'token admin', 'token of another app'] as const),
] as const
type Visitor = (typeof visitors)[number]

type Procedure = (typeof procedures)[number]

const refusals = [
  ...['API.SIGNED_OUT', 'API.NOT_ALLOWED', 'API.NO_TEAM', 'API.BAD_INPUT', 'TEAM.NOT_FOUND', 'TOKEN.SCOPE'],
  ...['APP.NOT_FOUND', 'DEPLOYMENT.NOT_FOUND', 'TEAM.SECOND_FACTOR'],
]

const rank = ['owner', 'admin', 'developer', 'viewer']
const scopes = ['read', 'deploy', 'admin']

/** What the table says must come of a visit: it is allowed, or refused with a code. */
function verdict({ meta, type }: Procedure, line: Line, visitor: Visitor): string {
  if (line.from === 'nobody') return 'allowed'
  if (visitor === 'nobody') return 'API.SIGNED_OUT'
  if (line.from === 'anybody') return ownVerdict(type, line, visitor)
  if (line.anywhere) return anywhereVerdict(line, visitor)
  if (visitor === 'stranger' || visitor === 'removed member') return notThere(meta?.object)
  if (visitor === 'member barred') return 'TEAM.SECOND_FACTOR'
  if (visitor === 'token of another app') return 'TOKEN.SCOPE'
  const scope = /^token (\w+)$/.exec(visitor)?.[1]
  if (scope !== undefined)
    return scopes.indexOf(scope) >= scopes.indexOf(line.token) ? 'allowed' : 'TOKEN.SCOPE'
  return rank.indexOf(visitor) <= rank.indexOf(line.from) ? 'allowed' : 'API.NOT_ALLOWED'
}

/** What is one’s own is one’s own in whatever role; a token that was narrowed only looks at it. */
function ownVerdict(type: string, line: Line, visitor: Visitor): string {
  const isNarrow = ['token read', 'token deploy', 'token of another app'].includes(visitor)
  if (isNarrow && (type === 'mutation' || line.token === 'admin')) return 'TOKEN.SCOPE'
  return 'allowed'
}

/** The stranger, and who was removed, own another team. */
function anywhereVerdict({ from, token }: Line, visitor: Visitor): string {
  const scope = /^token (\w+)$/.exec(visitor)?.[1] ?? ''
  if (visitor.startsWith('token ') && scopes.indexOf(scope) < scopes.indexOf(token)) return 'TOKEN.SCOPE'
  if (visitor === 'member barred') return 'API.NOT_ALLOWED'
  const role = ['viewer', 'developer'].includes(visitor) ? visitor : 'owner'
  return rank.indexOf(role) <= rank.indexOf(from) ? 'allowed' : 'API.NOT_ALLOWED'
}

function notThere(object: ProcedureMeta['object'] | undefined): string {
  return (
    { app: 'APP.NOT_FOUND', stage: 'DEPLOYMENT.NOT_FOUND', team: 'TEAM.NOT_FOUND' }[object as 'app'] ?? '?'
  )
}

/** A change is one line, whatever came of it, and so is reading secrets; strangers to the platform leave none, and neither does looking. */
function expectedLines(
  { path, type, meta }: Procedure,
  visitor: Visitor,
  { code, isAllowed }: { code: string; isAllowed: boolean },
) {
  const isTold = type === 'mutation' || meta?.permission === 'app.configuration.read'
  if (!isTold || visitor === 'nobody') return []
  const outcome = isAllowed ? expect.stringMatching(/^(done|refused|failed)$/) : 'refused'
  return [{ action: path, outcome, error: code === 'none' ? null : code }]
}

async function visit({ path }: Procedure, { input }: Line, visitor: Visitor) {
  const personId = await visitorId(visitor)
  const audit = parts.stores.audit as FakeAuditLog
  const before = audit.entries.length
  const asking = personId === null ? {} : await tokenOf(personId, visitor)
  const refused = await failure(path, personId, { ...commonInput(), ...input }, asking)
  const told = audit.entries.slice(before).map(({ action, outcome, error }) => ({ action, outcome, error }))
  return { code: refused?.code ?? 'none', told }
}

async function visitorId(visitor: Visitor): Promise<string | null> {
  const { people } = parts.stores
  if (visitor === 'nobody') return null
  if (visitor === 'stranger') return eve
  if (visitor === 'owner' || visitor.startsWith('token')) return ada
  if (visitor === 'member barred') {
    await people.setDemands((await harbour()) ?? '', { secondFactor: true, providerId: null })
    return ada
  }
  const role = visitor === 'removed member' ? 'developer' : (visitor as Role)
  const id = await person('Vic', 'Harbour', role)
  if (visitor === 'removed member') {
    await people.changeMember((await harbour()) ?? '', id, null)
    await people.setMember((await people.createTeam('Another')).id, id, 'owner')
  }
  return id
}

async function tokenOf(personId: string, visitor: Visitor): Promise<Partial<Asking>> {
  const { apps } = parts.stores
  const scope = /^token (read|deploy|admin)$/.exec(visitor)?.[1] as TokenScope | undefined
  if (scope !== undefined)
    return { token: (await parts.tokens.create(personId, { name: 'ci', expiresAt: null, scope })).token }
  if (visitor !== 'token of another app') return {}
  const other = await apps.create({ name: 'another' as AppName, teamId: (await harbour()) ?? '' })
  const narrow = { name: 'ci', expiresAt: null, appId: other.id }
  return { token: (await parts.tokens.create(personId, narrow)).token }
}

async function harbour(): Promise<string | undefined> {
  return (await parts.stores.people.teams()).find(({ name }) => name === 'Harbour')?.id
}

test('only the status, and an invitation for whoever has its link, are public', () => {
  const open = procedures.filter(({ meta }) => meta?.permission === 'public').map(({ path }) => path)
  expect(open.sort()).toEqual(['members.invitation', 'meta.status'])
})

test('what cannot be written down is not begun', async () => {
  parts.stores.audit.begin = () => Promise.reject(new Error('the disk is full'))
  await expect(as(ada).apps.create({ name: 'fresh' })).rejects.toThrow()
  expect((await as(ada).apps.list()).map(({ name }) => name)).toEqual(['shop'])
})

test('a batch of calls tells of each change apart', async () => {
  const context = createContext(parts, { id: ada, name: 'Ada', email: 'ada@example.com' })
  const caller = createCaller(context)
  await Promise.all([caller.teams.create({ name: 'One' }), caller.teams.create({ name: 'Two' })])
  const told = (parts.stores.audit as FakeAuditLog).entries.map(({ object, after }) => ({ object, after }))
  expect(told).toEqual(
    expect.arrayContaining(['One', 'Two'].map((name) => ({ object: `team ${name}`, after: { name } }))),
  )
})

test('an app that is made is named in the audit log', async () => {
  await as(ada).apps.create({ name: 'fresh' })
  const told = (parts.stores.audit as FakeAuditLog).entries.at(-1)
  expect(told).toMatchObject({ action: 'apps.create', object: 'app fresh', outcome: 'done' })
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

test('a list of apps can be of one team, said by name or id, and of no team but one’s own', async () => {
  const other = await parts.stores.people.createTeam('Lighthouse', ada)
  await as(ada).apps.create({ name: 'beacon', team: 'Lighthouse' })
  const namesOf = async (team: string) => (await as(ada).apps.list({ team })).map(({ name }) => name)
  expect(await namesOf('Harbour')).toEqual(['shop'])
  expect(await namesOf(other.id)).toEqual(['beacon'])
  expect(await failure('apps.list', eve, { team: other.id })).toMatchObject({ code: 'TEAM.NOT_FOUND' })
})

test('an app and a team say what the asking person may do to them', async () => {
  const bob = await person('Bob', 'Harbour', 'developer')
  const app = await as(bob).apps.get({ app: 'shop' })
  expect(app.team.name).toBe('Harbour')
  expect(app.can).toContain('app.rollback')
  expect(app.can).not.toContain('app.remove')
  const [team] = await as(bob).teams.list()
  expect(team?.can).toContain('app.create')
  expect(team?.can).not.toContain('member.change')
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

function as(personId: string | null, asking: Partial<Asking> = {}) {
  const someone = personId === null ? null : { id: personId, name: 'Some One', email: 'one@example.com' }
  return createCaller(createContext(parts, someone, asking))
}

async function failure(path: string, personId: string | null, input: unknown, asking: Partial<Asking> = {}) {
  const call = path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], as(personId, asking))
  try {
    const result = await (call as (input: unknown) => Promise<unknown>)(input)
    if (!result || typeof result !== 'object' || !(Symbol.asyncIterator in result)) return null
    // A stream refuses when it is opened; one that would wait is open.
    const iterator = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    await Promise.race([iterator.next(), new Promise((resolve) => setTimeout(resolve, 20))])
    void iterator.return?.()
    return null
  } catch (thrown) {
    const error = toBerthError(thrown)
    if (!error) throw thrown
    return { code: error.code, message: error.message, hint: error.hint }
  }
}

/** An input that suits most procedures; what one does not know it leaves out. */
function commonInput() {
  return {
    ...{ app: 'shop', team: 'Harbour', id: ids.build, deployment: ids.build },
    ...{ name: 'fresh', confirmedName: 'shop', publicKey: 'x', follow: false },
  }
}

async function person(name: string, teamName: string, role: Role): Promise<string> {
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

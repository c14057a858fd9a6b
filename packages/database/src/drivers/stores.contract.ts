import { randomUUID } from 'node:crypto'
import {
  type App,
  type AppName,
  type Healthcheck,
  type ProcessType,
  parseAppName,
  type Release,
  unexpectedRecord,
} from '@berth/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'

/** What every driver of the stores promises. `make` returns stores with nothing in them that collides. */
export function describeStores(make: () => Stores): void {
  let stores: Stores
  let app: App
  beforeEach(async () => {
    stores = make()
    const team = await stores.people.createTeam('crew')
    app = await stores.apps.create({ name: someName(), teamId: team.id })
  })

  const newRevision = () =>
    stores.revisions.create({
      appId: app.id,
      commit: 'a'.repeat(40),
      message: 'first',
      author: 'Ada',
      branch: 'main',
      pushedById: null,
    })
  const newRelease = () => stores.releases.create(releaseOf(app))
  const newDeployment = async () => stores.deployments.create(app.id, (await newRelease()).id)

  describe('apps', () => {
    test('an app is found by id and by name, and listed for its team', async () => {
      expect(await stores.apps.get(app.id)).toEqual(app)
      expect(await stores.apps.byName(app.name)).toEqual(app)
      expect(await stores.apps.listForTeams([app.teamId])).toEqual([app])
      expect(await stores.apps.listForTeams([randomUUID()])).toEqual([])
      expect((await stores.apps.all()).map(({ id }) => id)).toContain(app.id)
    })

    test('a name is given once', async () => {
      await expect(stores.apps.create({ name: app.name, teamId: app.teamId })).rejects.toMatchObject({
        code: 'APP.NAME_TAKEN',
      })
    })

    test('an id that is no UUID belongs to nothing', async () => {
      expect(await stores.apps.get("' OR 1=1 --")).toBeNull()
      await expect(stores.builds.get('../x')).rejects.toMatchObject({ code: 'RECORD.NOT_FOUND' })
    })

    test('the formation keeps what a change does not name', async () => {
      await stores.apps.setFormation(app.id, { web: 1, worker: 0 })
      await stores.apps.setFormation(app.id, { worker: 3 })
      expect(await stores.apps.formation(app.id)).toEqual({ web: 1, worker: 3 })
    })

    test('limits are kept a process type, and take no part in the formation', async () => {
      await stores.apps.setLimits(app.id, 'web', { memoryBytes: 3 * 1024 ** 3, cpus: 0.5 })
      await stores.apps.setLimits(app.id, 'worker', { memoryBytes: null, cpus: 2 })
      await stores.apps.setFormation(app.id, { worker: 3 })
      expect(await stores.apps.formation(app.id)).toEqual({ worker: 3 })
      expect(await stores.apps.limits(app.id)).toEqual({
        web: { memoryBytes: 3 * 1024 ** 3, cpus: 0.5 },
        worker: { memoryBytes: null, cpus: 2 },
      })
      await stores.apps.setLimits(app.id, 'worker', null)
      await stores.apps.setLimits(app.id, 'clock', null)
      expect(Object.keys(await stores.apps.limits(app.id))).toEqual(['web'])
      expect(await stores.apps.formation(app.id)).toEqual({ worker: 3 })
    })

    test('an app that is stopped stays so since then', async () => {
      await stores.apps.setStopped(app.id, true)
      const since = (await stores.apps.get(app.id))?.stoppedAt
      expect(since).toBeInstanceOf(Date)
      await stores.apps.setStopped(app.id, true)
      expect((await stores.apps.get(app.id))?.stoppedAt).toEqual(since)
      await stores.apps.setStopped(app.id, false)
      expect(await stores.apps.get(app.id)).toEqual(app)
    })

    test('of several who lock an app at once one does, and it is unlocked once', async () => {
      const lock = { at: new Date(), byId: randomUUID(), reason: 'an audit' }
      const locked = await Promise.all(Array.from({ length: 5 }, () => stores.apps.setLock(app.id, lock)))
      expect(locked.filter(Boolean)).toHaveLength(1)
      expect(await stores.apps.get(app.id)).toMatchObject({ lock })
      expect(await stores.apps.setLock(app.id, { ...lock, reason: null })).toBe(false)
      expect(await stores.apps.setLock(app.id, null)).toBe(true)
      expect(await stores.apps.setLock(app.id, null)).toBe(false)
      expect(await stores.apps.get(app.id)).toEqual(app)
    })

    test('an app gets another name, but not one that is taken', async () => {
      const other = await stores.apps.create({ name: someName(), teamId: app.teamId })
      const name = someName()
      await expect(stores.apps.rename(app.id, other.name)).rejects.toMatchObject({ code: 'APP.NAME_TAKEN' })
      await stores.apps.rename(app.id, name)
      await stores.apps.rename(app.id, name)
      expect(await stores.apps.byName(name)).toEqual({ ...app, name })
      expect(await stores.apps.byName(app.name)).toBeNull()
    })

    test('the deploy branch is kept', async () => {
      await stores.apps.setDeployBranch(app.id, 'main')
      expect(await stores.apps.get(app.id)).toMatchObject({ deployBranch: 'main' })
    })

    test('a removed app is gone, and its name is free', async () => {
      await stores.apps.remove(app.id)
      await stores.apps.remove(app.id)
      expect(await stores.apps.get(app.id)).toBeNull()
      await stores.apps.create({ name: app.name, teamId: app.teamId })
    })
  })

  describe('domains', () => {
    test('a host leads to one app', async () => {
      const host = `${someName()}.example.com`
      const domain = await stores.domains.add(app.id, host)
      expect(await stores.domains.list(app.id)).toEqual([domain])
      await expect(stores.domains.add(app.id, host)).rejects.toMatchObject({ code: 'DOMAIN.TAKEN' })
      expect(await stores.domains.remove(app.id, host)).toBe(true)
      expect(await stores.domains.remove(app.id, host)).toBe(false)
    })
  })

  describe('builds', () => {
    test('a build runs once and ends once', async () => {
      const { id } = await stores.builds.create(app.id, (await newRevision()).id)
      expect(await stores.builds.succeed(id, 'sha256:1')).toBe(false)
      expect(await stores.builds.start(id)).toBe(true)
      expect(await stores.builds.start(id)).toBe(true) // A crashed worker's build is entered again.
      expect(await stores.builds.succeed(id, 'sha256:1')).toBe(true)
      expect(await stores.builds.end(id, 'failed', unexpectedRecord)).toBe(false)
      expect(await stores.builds.get(id)).toMatchObject({
        state: 'succeeded',
        imageDigest: 'sha256:1',
        error: null,
      })
    })

    test('a build without a push learns its commit while it runs', async () => {
      const source = { kind: 'git', url: 'https://example.com/shop.git', ref: 'main' } as const
      const createdById = randomUUID()
      const { id } = await stores.builds.create(app.id, null, { source, createdById })
      const { id: revisionId } = await newRevision()
      expect(await stores.builds.get(id)).toMatchObject({ revisionId: null, source, createdById })
      expect(await stores.builds.setRevision(id, revisionId)).toBe(false)
      await stores.builds.start(id)
      expect(await stores.builds.setRevision(id, revisionId)).toBe(true)
      expect(await stores.builds.get(id)).toMatchObject({ revisionId, state: 'running' })
    })

    test('a failure is kept with its cause', async () => {
      const { id } = await stores.builds.create(app.id, (await newRevision()).id)
      expect((await stores.builds.unfinished()).map((build) => build.id)).toContain(id)
      expect(await stores.builds.end(id, 'failed', unexpectedRecord)).toBe(true)
      expect(await stores.builds.get(id)).toMatchObject({ state: 'failed', error: unexpectedRecord })
      expect((await stores.builds.unfinished()).map((build) => build.id)).not.toContain(id)
      expect((await stores.builds.list(app.id, 10)).map((build) => build.id)).toEqual([id])
    })
  })

  describe('releases', () => {
    test('versions count up without gaps or doubles when many are created at once', async () => {
      const made = await Promise.all(Array.from({ length: 12 }, newRelease))
      expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      )
      expect(await stores.releases.latest(app.id)).toMatchObject({ version: 12 })
      expect((await stores.releases.list(app.id, 2)).map(({ version }) => version)).toEqual([12, 11])
    })

    test('a release reads back as it was written', async () => {
      const made = await newRelease()
      expect(made).toMatchObject(releaseOf(app))
      expect(await stores.releases.get(made.id)).toEqual(made)
      expect(await stores.releases.imagesInUse()).toContain(made.imageDigest)
    })
  })

  describe('deployments', () => {
    test('a deployment goes live through its states', async () => {
      const { id } = await newDeployment()
      expect(await stores.deployments.becomeLive(id)).toBe(false)
      expect(await stores.deployments.become(id, 'starting')).toBe(true)
      expect(await stores.deployments.become(id, 'healthy')).toBe(true)
      expect(await stores.deployments.becomeLive(id)).toBe(true)
      expect(await stores.deployments.becomeLive(id)).toBe(false)
      expect(await stores.deployments.end(id, 'failed', unexpectedRecord)).toBe(false)
      expect(await stores.deployments.live(app.id)).toMatchObject({ id, state: 'live', error: null })
    })

    test('the one before is superseded in the same step', async () => {
      const [first, second] = [await newDeployment(), await newDeployment()]
      for (const { id } of [first, second]) {
        await stores.deployments.become(id, 'starting')
        await stores.deployments.become(id, 'healthy')
      }
      expect(await stores.deployments.becomeLive(first.id)).toBe(true)
      expect(await stores.deployments.becomeLive(second.id)).toBe(true)
      expect(await stores.deployments.get(first.id)).toMatchObject({ state: 'superseded' })
      expect(await stores.deployments.live(app.id)).toMatchObject({ id: second.id })
    })

    test('of two that become live at once, one is superseded', async () => {
      const both = [await newDeployment(), await newDeployment()]
      for (const { id } of both) {
        await stores.deployments.become(id, 'starting')
        await stores.deployments.become(id, 'healthy')
      }
      await Promise.all(both.map(({ id }) => stores.deployments.becomeLive(id)))
      const states = (await stores.deployments.list(app.id, 10)).map(({ state }) => state)
      expect(states.sort()).toEqual(['live', 'superseded'])
    })

    test('the first is told from those after it', async () => {
      const both = [await newDeployment(), await newDeployment()]
      for (const { id } of both) {
        await stores.deployments.become(id, 'starting')
        await stores.deployments.become(id, 'healthy')
        await stores.deployments.becomeLive(id)
      }
      const [second, first] = await stores.deployments.list(app.id, 2)
      expect([first?.isFirst, second?.isFirst]).toEqual([true, false])
      expect(second?.settledAt).toBeInstanceOf(Date)
    })

    test('one that has work after it is live is unfinished until it is settled', async () => {
      const { id } = await newDeployment()
      await stores.deployments.settle(id)
      await stores.deployments.become(id, 'starting')
      await stores.deployments.become(id, 'healthy')
      await stores.deployments.becomeLive(id, { afterwards: true })
      const unfinished = async () => (await stores.deployments.unfinished()).map((one) => one.id)
      expect(await stores.deployments.get(id)).toMatchObject({ state: 'live', settledAt: null })
      expect(await unfinished()).toContain(id)
      await stores.deployments.settle(id)
      expect(await unfinished()).not.toContain(id)
    })

    test('why there is one, and who asked for it, is kept', async () => {
      const asked = { cause: 'restart', createdById: randomUUID() } as const
      const { id } = await stores.deployments.create(app.id, (await newRelease()).id, asked)
      expect(await stores.deployments.get(id)).toMatchObject(asked)
      expect(await newDeployment()).toMatchObject({ cause: 'build', createdById: null })
    })

    test('unfinished ones are told until they end', async () => {
      const { id } = await newDeployment()
      const unfinished = async () => (await stores.deployments.unfinished()).map((one) => one.id)
      expect(await unfinished()).toContain(id)
      expect(await stores.deployments.end(id, 'cancelled', null)).toBe(true)
      expect(await unfinished()).not.toContain(id)
    })
  })

  describe('registry credentials', () => {
    const credential = (host: string, text = 'sealed') => ({
      ...{ teamId: app.teamId, host, username: 'ann', createdById: null },
      sealed: new Uint8Array(Buffer.from(text)),
    })

    test('a team has one a registry, and the newer one counts', async () => {
      for (const each of [credential('r.example:5000'), credential('docker.io')])
        await stores.registryCredentials.set(each)
      await stores.registryCredentials.set({ ...credential('docker.io', 'newer'), username: 'bob' })
      const kept = await stores.registryCredentials.list(app.teamId)
      expect(kept).toEqual([
        { ...credential('docker.io', 'newer'), username: 'bob', createdAt: expect.any(Date) },
        { ...credential('r.example:5000'), createdAt: expect.any(Date) },
      ])
    })

    test('none of it is another team’s', async () => {
      const other = await stores.people.createTeam('others')
      await stores.registryCredentials.set(credential('ghcr.io'))
      expect(await stores.registryCredentials.list(other.id)).toEqual([])
      expect(await stores.registryCredentials.remove(other.id, 'ghcr.io')).toBe(false)
      expect(await stores.registryCredentials.remove(app.teamId, 'ghcr.io')).toBe(true)
      expect(await stores.registryCredentials.remove(app.teamId, 'ghcr.io')).toBe(false)
      expect(await stores.registryCredentials.list("' OR 1=1 --")).toEqual([])
    })
  })

  describe('people', () => {
    const newPerson = (email: string) =>
      stores.people.createPerson({
        name: 'Ada',
        email,
        passwordHash: null,
        team: { name: 'Ada’s team' },
        role: 'developer',
      })

    test('a person is found by id and by address, whatever its case', async () => {
      const email = `Ada.${someName()}@Example.com`
      const person = await newPerson(email)
      expect(person.email).toBe(email.toLowerCase())
      expect(await stores.people.person(person.id)).toEqual(person)
      expect(await stores.people.personByEmail(email)).toEqual(person)
      await expect(newPerson(email.toUpperCase())).rejects.toMatchObject({ code: 'PEOPLE.EMAIL_TAKEN' })
    })

    test('a membership is made with the person, and its role can change', async () => {
      const { id } = await newPerson(`${someName()}@example.com`)
      const [member] = await stores.people.memberships(id)
      expect(member).toMatchObject({ personId: id, role: 'developer' })
      expect(await stores.people.team(member?.teamId ?? '')).toMatchObject({ name: 'Ada’s team' })
      await stores.people.setMember(member?.teamId ?? '', id, 'viewer')
      expect(await stores.people.memberships(id)).toMatchObject([{ role: 'viewer' }])
    })

    test('a key belongs to one person', async () => {
      const { id: personId } = await newPerson(`${someName()}@example.com`)
      const fingerprint = `SHA256:${randomUUID()}`
      const given = { personId, name: 'laptop', publicKey: 'ssh-ed25519 AAAA', fingerprint }
      const key = await stores.people.addKey(given)
      expect(await stores.people.keyByFingerprint(fingerprint)).toEqual(key)
      await expect(stores.people.addKey(given)).rejects.toMatchObject({ code: 'KEY.TAKEN' })
      await stores.people.touchKey(key.id)
      expect((await stores.people.keys(personId))[0]?.lastUsedAt).toBeInstanceOf(Date)
      expect(await stores.people.removeKey(randomUUID(), key.id)).toBe(false)
      expect(await stores.people.removeKey(personId, key.id)).toBe(true)
    })

    test('a token is found by its hash, which is never told', async () => {
      const { id: personId } = await newPerson(`${someName()}@example.com`)
      const hash = randomUUID()
      const scope = { scope: 'deploy' as const, teamId: app.teamId, appId: app.id }
      const token = await stores.people.addToken({
        ...{ personId, name: 'ci', prefix: 'berth_ab', expiresAt: null, hash },
        ...scope,
      })
      expect(token).toMatchObject(scope)
      expect(token).not.toHaveProperty('hash')
      expect(await stores.people.tokenByHash(hash)).toEqual(token)
      expect(await stores.people.tokens(personId)).toEqual([token])
      expect(await stores.people.removeToken(randomUUID(), token.id)).toBe(false)
      expect(await stores.people.removeToken(personId, token.id)).toBe(true)
      expect(await stores.people.tokenByHash(hash)).toBeNull()
    })

    test('a link works once, even for ten at the same time', async () => {
      const { id: personId } = await newPerson(`${someName()}@example.com`)
      const link = { hash: randomUUID(), purpose: 'sign-in' as const, personId, expiresAt: inAMinute() }
      await stores.people.addLink(link)
      expect(await stores.people.linkState(link.hash, 'owner')).toBe('unknown')
      expect(await stores.people.linkState(link.hash, 'sign-in')).toBe('valid')
      const taken = await Promise.all(
        Array.from({ length: 10 }, () => stores.people.takeLink(link.hash, 'sign-in')),
      )
      expect(taken.filter((one) => one !== null)).toEqual([{ personId }])
      expect(await stores.people.linkState(link.hash, 'sign-in')).toBe('used')
    })

    test('a new link replaces the one before, and an old one has expired', async () => {
      const [first, second] = [randomUUID(), randomUUID()]
      await stores.people.addLink({ hash: first, purpose: 'owner', personId: null, expiresAt: inAMinute() })
      await stores.people.addLink({ hash: second, purpose: 'owner', personId: null, expiresAt: new Date(0) })
      expect(await stores.people.linkState(first, 'owner')).toBe('unknown')
      expect(await stores.people.linkState(second, 'owner')).toBe('expired')
      expect(await stores.people.takeLink(second, 'owner')).toBeNull()
    })
  })
}

function inAMinute(): Date {
  return new Date(Date.now() + 60_000)
}

function someName(): AppName {
  return parseAppName(`app-${randomUUID().slice(0, 13)}`)
}

function releaseOf(app: App): Omit<Release, 'id' | 'version' | 'createdAt'> {
  return {
    appId: app.id,
    imageDigest: 'sha256:1',
    revisionId: null,
    processes: [{ type: 'web' as ProcessType, command: 'node server.js' }],
    releaseCommand: null,
    configuration: { GREETING: 'hello' },
    secretFiles: { 'key.pem': 'aGVsbG8=' },
    healthchecks: { web: [somePage] },
    scripts: { predeploy: './prepare', postdeploy: null, firstDeploy: null },
    cron: [{ schedule: '@daily', command: './clean' }],
    limits: { web: { memoryBytes: 1e9, cpus: 0.5 } },
    reason: 'push',
    createdById: null,
  }
}

const somePage: Healthcheck = {
  type: 'readiness',
  name: 'page',
  probe: { kind: 'http', scheme: 'http', path: '/', port: null, content: 'hello', headers: [] },
  initialDelayMs: 0,
  attempts: 3,
  timeoutMs: 5_000,
  waitMs: 1_000,
}

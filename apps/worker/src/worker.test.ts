import type { App } from '@berth/domain'
import type { BuildRequest } from '@berth/engine'
import { everything } from '@berth/observe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endOf, eventually, type FakePlatform, startFakePlatform } from './fake-platform.ts'

let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform({ leaseGraceMs: 100 })
  shop = await platform.createApp()
})
afterEach(() => platform.remove())

const serves = (text: string) => ({ Dockerfile: `FROM scratch\nCMD ["serve", "${text}"]` })
const running = async () =>
  (await platform.engine.containers.list())
    .filter(({ state }) => state === 'running')
    .map(({ labels }) => `v${labels['berth.release']} ${labels['berth.process']}.${labels['berth.index']}`)
    .sort()

describe('a push', () => {
  test('is built, released, deployed and routed; the events tell the way', async () => {
    const buildId = await platform.push(shop, serves('one'))
    const { build, deployment, deploymentId } = await platform.outcome(buildId)
    expect([build.outcome, deployment?.outcome]).toEqual(['succeeded', 'succeeded'])
    expect(await platform.answer(shop)).toBe('one')
    expect(platform.routeOf(shop)).toMatchObject({ hosts: ['shop.localhost'], state: 'live', title: 'shop' })
    expect(await platform.stores.builds.get(buildId)).toMatchObject({ state: 'succeeded' })
    expect(await platform.stores.deployments.live(shop.id)).toMatchObject({ id: deploymentId })
    expect(await platform.stores.releases.latest(shop.id)).toMatchObject({
      version: 1,
      reason: 'Deploy 0000001',
    })
    const told = (await platform.eventsOf(deploymentId ?? '')).map((event) => event.kind)
    const step = ['step-started', 'step-finished']
    expect(told).toEqual(['section', ...step, ...step, 'ended'])
    expect(platform.reports).toEqual([])
  })

  test('that changes the app replaces the old instance, which is cleared away afterwards', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.deployed(shop, serves('two'))
    expect(await platform.answer(shop)).toBe('two')
    await eventually(async () => expect(await running()).toEqual(['v2 web.1']))
    await eventually(async () => expect(await platform.engine.containers.list()).toHaveLength(1))
  })

  test('runs what Procfile and app.json say on the first deployment', async () => {
    await platform.deployed(shop, {
      ...serves('one'),
      Procfile: 'web: serve two\nworker: work\nclock: tick',
      'app.json':
        '{"formation": {"worker": {"quantity": 2}}, "env": {"KEY": {"generator": "secret"}, "A": "b"}}',
    })
    expect(await running()).toEqual(['v1 web.1', 'v1 worker.1', 'v1 worker.2'])
    const release = await platform.stores.releases.latest(shop.id)
    expect(release?.configuration).toMatchObject({ A: 'b', KEY: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })
})

describe('a build', () => {
  const account = { host: 'ghcr.io', username: 'ann', password: 'pass word' }

  test('has the accounts of its app’s team, and of no other', async () => {
    const { registryCredentials, stores, engine } = platform
    const others = await stores.people.createTeam('others')
    await registryCredentials.set(shop.teamId, account, 'ann')
    await registryCredentials.set(others.id, { ...account, host: 'docker.io' }, 'eve')
    const asked: BuildRequest[] = []
    const { build } = engine
    engine.build = (request, ...rest) => {
      asked.push(request)
      return build(request, ...rest)
    }
    await platform.deployed(shop, serves('one'))
    expect(asked).toMatchObject([{ imageScope: shop.teamId }])
    const given = asked[0]?.registryCredentials ?? {}
    expect(Object.keys(given)).toEqual(['ghcr.io'])
    expect(given['ghcr.io']?.password.reveal()).toBe('pass word')
    expect(JSON.stringify(given)).not.toContain('pass word')
  })

  test('whose team has one that cannot be opened says so', async () => {
    await platform.stores.registryCredentials.set({
      ...{ teamId: shop.teamId, host: 'ghcr.io', username: 'ann', createdById: null },
      sealed: new Uint8Array(64),
    })
    const { build } = await platform.outcome(await platform.push(shop, serves('one')))
    expect(build).toMatchObject({ outcome: 'failed', error: { code: 'SECRET.UNREADABLE' } })
    expect(build.error?.message).toContain('ghcr.io')
  })
})

describe('a push that fails', () => {
  test('in the build names the cause; the old version goes on', async () => {
    await platform.deployed(shop, serves('one'))
    const { build } = await platform.outcome(
      await platform.push(shop, { Dockerfile: 'FROM scratch\nRUN fail' }),
    )
    expect(build).toMatchObject({ outcome: 'failed', next: null, error: { code: 'BUILD.STEP_FAILED' } })
    expect(await platform.answer(shop)).toBe('one')
  })

  test('for want of a Dockerfile gets one for its language', async () => {
    const { build } = await platform.outcome(await platform.push(shop, { 'package.json': '{}' }))
    expect(build.error).toMatchObject({
      code: 'BUILD.NO_DOCKERFILE',
      hint: expect.stringContaining('npm ci'),
    })
  })

  test('for a bad Procfile does so before the build', async () => {
    const { build } = await platform.outcome(
      await platform.push(shop, { ...serves('x'), Procfile: '<<<<<<< HEAD' }),
    )
    expect(build.error).toMatchObject({ code: 'RELEASE.PROCFILE_INVALID' })
    expect(await platform.engine.images.list()).toEqual([])
  })

  test('at the start of its instance leaves nothing of it; the old version has never stopped', async () => {
    await platform.deployed(shop, serves('one'))
    const bad = { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "echo no key; exit 7"]' }
    const { deployment, deploymentId } = await platform.outcome(await platform.push(shop, bad))
    expect(deployment?.error).toMatchObject({
      code: 'DEPLOY.CRASHED_AT_START',
      hint: 'The last it printed:\nno key',
    })
    expect(await platform.stores.deployments.get(deploymentId ?? '')).toMatchObject({ state: 'failed' })
    expect(await platform.answer(shop)).toBe('one')
    await eventually(async () => expect(await running()).toEqual(['v1 web.1']))
    await eventually(async () => expect(await platform.engine.containers.list()).toHaveLength(1))
  })

  test('because it never listens says so', async () => {
    const { deployment } = await platform.outcome(
      await platform.push(shop, { Dockerfile: 'FROM scratch\nCMD ["sleep", "60"]' }),
    )
    expect(deployment?.error).toMatchObject({ code: 'DEPLOY.NEVER_LISTENED' })
    await eventually(async () => expect(await running()).toEqual([]))
  })
})

describe('cancelling', () => {
  const slowBuild = { Dockerfile: 'FROM scratch\nRUN sleep 30\nCMD ["serve"]' }
  const slowStart = { Dockerfile: 'FROM scratch\nCMD ["sleep", "60"]' }

  test('a build', async () => {
    const buildId = await platform.push(shop, slowBuild)
    await eventually(async () => {
      expect((await platform.stores.builds.get(buildId)).state).toBe('running')
    })
    await platform.live.cancelStage(buildId)
    expect(endOf(await platform.eventsOf(buildId))).toMatchObject({
      outcome: 'cancelled',
      error: { code: 'BUILD.CANCELLED' },
    })
    expect(await platform.stores.builds.get(buildId)).toMatchObject({ state: 'cancelled' })
  })

  test('a deployment before its switch', async () => {
    const buildId = await platform.push(shop, slowStart)
    const { next } = endOf(await platform.eventsOf(buildId))
    await eventually(async () => expect(await running()).toEqual(['v1 web.1']))
    await platform.live.cancelStage(next ?? '')
    expect(endOf(await platform.eventsOf(next ?? ''))).toMatchObject({
      outcome: 'cancelled',
      error: { code: 'DEPLOY.CANCELLED' },
    })
    await eventually(async () => expect(await platform.engine.containers.list()).toEqual([]))
  })

  test('what is live already changes nothing', async () => {
    const { id } = await platform.deployed(shop, serves('one'))
    await platform.live.cancelStage(id)
    expect(await platform.answer(shop)).toBe('one')
  })

  test('a stage that nobody knows is an error', async () => {
    await expect(platform.live.cancelStage(crypto.randomUUID())).rejects.toMatchObject({
      code: 'LIVE.NOT_FOUND',
    })
  })

  test('happens by itself when the push breaks off', async () => {
    const buildId = await platform.push(shop, slowBuild)
    const broken = AbortSignal.timeout(50)
    for await (const _ of platform.live.stageEvents(buildId, { after: 0, lease: true, signal: broken }));
    expect(endOf(await platform.eventsOf(buildId)).outcome).toBe('cancelled')
  })

  test('happens by itself when the push breaks off between build and deployment', async () => {
    const buildId = await platform.push(shop, slowStart)
    const { next } = endOf(await platform.eventsOf(buildId, true))
    expect(endOf(await platform.eventsOf(next ?? '')).outcome).toBe('cancelled')
  })

  test('does not happen to a push that comes back in time', async () => {
    const buildId = await platform.push(shop, { Dockerfile: 'FROM scratch\nRUN sleep 0.4\nCMD ["serve"]' })
    const broken = AbortSignal.timeout(30)
    for await (const _ of platform.live.stageEvents(buildId, { after: 0, lease: true, signal: broken }));
    expect(endOf(await platform.eventsOf(buildId, true)).outcome).toBe('succeeded')
  })
})

describe('two pushes to one app', () => {
  test('are deployed one after the other; the second says for whom it waits', async () => {
    const slow = { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "sleep 0.3; serve one"]' }
    const first = await platform.push(shop, slow)
    await eventually(async () => expect(await running()).toEqual(['v1 web.1']))
    const second = await platform.outcome(await platform.push(shop, serves('two')))
    expect((await platform.outcome(first)).deployment?.outcome).toBe('succeeded')
    expect(second.deployment?.outcome).toBe('succeeded')
    const told = await platform.eventsOf(second.deploymentId ?? '')
    expect(told[0]).toMatchObject({ kind: 'section', text: 'Waiting for v1 to finish' })
    expect(await platform.answer(shop)).toBe('two')
  })

  test('a third takes the place of the second, which still waits', async () => {
    const slow = { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "sleep 0.4; serve one"]' }
    await platform.push(shop, slow)
    await eventually(async () => expect(await running()).toEqual(['v1 web.1']))
    const second = platform.outcome(await platform.push(shop, serves('two')))
    await eventually(async () =>
      expect(await platform.stores.releases.latest(shop.id)).toMatchObject({ version: 2 }),
    )
    const third = await platform.outcome(await platform.push(shop, serves('three')))
    expect((await second).deployment).toMatchObject({
      outcome: 'cancelled',
      error: { code: 'DEPLOY.SUPERSEDED' },
    })
    expect(third.deployment?.outcome).toBe('succeeded')
    expect(await platform.answer(shop)).toBe('three')
  })
})

describe('other jobs', () => {
  test('scaling starts and stops instances', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.stores.apps.setFormation(shop.id, { web: 3 })
    await platform.queue.add('converge-app', { appId: shop.id })
    await eventually(() => expect(platform.routeOf(shop)?.targets).toHaveLength(3))
    await platform.stores.apps.setFormation(shop.id, { web: 0 })
    await platform.queue.add('converge-app', { appId: shop.id })
    await eventually(async () => expect(await running()).toEqual([]))
    await eventually(() => expect(platform.routeOf(shop)).toMatchObject({ targets: [], state: 'stopped' }))
  })

  test('removing an app leaves nothing of it', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.queue.add('remove-app', { appId: shop.id })
    await eventually(async () => expect(await platform.stores.apps.get(shop.id)).toBeNull())
    expect(await platform.engine.containers.list()).toEqual([])
    expect(platform.routeOf(shop)).toBeUndefined()
    expect(platform.reports).toEqual([])
  })
})

describe('logs of an app', () => {
  test('come in order and go on with instances that start later', async () => {
    const says = (text: string) => ({
      Dockerfile: `FROM scratch\nCMD ["sh", "-c", "echo ${text}; serve ${text}"]`,
    })
    await platform.deployed(shop, says('one'))
    const stop = new AbortController()
    const filter = { ...everything, instance: 'web.1', source: 'app' as const }
    const query = { follow: true, tail: 10, after: null, filter, signal: stop.signal }
    const texts: string[] = []
    let second: Promise<unknown> = Promise.resolve()
    for await (const line of platform.live.logs(shop.id, query)) {
      texts.push(line.text)
      if (line.text === 'one') second = platform.deployed(shop, says('two'))
      if (line.text === 'two') stop.abort()
    }
    await second
    expect(texts).toEqual(['one', 'two'])
    await eventually(async () => expect(await platform.answer(shop)).toBe('two'))
  })
})

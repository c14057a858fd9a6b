import type { App } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endOf, eventually, type FakePlatform, startFakePlatform } from './fake-platform.ts'

/** What becomes of an app between its deployments, and around them. */
let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
})
afterEach(() => platform.remove())

const serves = (text: string, scripts: object = {}) => ({
  Dockerfile: `FROM scratch\nCMD ["serve", "${text}"]`,
  'app.json': JSON.stringify({ scripts }),
})
const slowly = (text: string) => ({
  Dockerfile: `FROM scratch\nCMD ["sh", "-c", "sleep 0.6; serve ${text}"]`,
})
const all = () => platform.engine.containers.list()
const running = async () =>
  (await all())
    .filter(({ state }) => state === 'running')
    .map(({ labels }) => `v${labels['berth.release']} ${labels['berth.process']}.${labels['berth.index']}`)
    .sort()
const converge = () => platform.queue.add('converge-app', { appId: shop.id })
const told = async (deploymentId: string) =>
  (await platform.eventsOf(deploymentId)).flatMap((event) => {
    if (event.kind === 'step-started') return event.title.startsWith('Running') ? [event.title] : []
    return event.kind === 'section' || event.kind === 'line' || event.kind === 'warning' ? [event.text] : []
  })

/** Deploys a release that is there, as the API does. */
async function redeploy(cause: 'change' | 'restart', releaseId?: string): Promise<string> {
  const { stores, queue } = platform
  const live = await stores.deployments.live(shop.id)
  const asked = { cause, createdById: null }
  const { id } = await stores.deployments.create(shop.id, releaseId ?? live?.releaseId ?? '', asked)
  await queue.add('deploy', { deploymentId: id })
  return id
}

describe('a scaling', () => {
  test('while a deployment is made counts for what it brings', async () => {
    await platform.deployed(shop, serves('one'))
    const pushed = await platform.push(shop, slowly('two'))
    await eventually(async () => expect(await running()).toContain('v2 web.1'))
    await platform.stores.apps.setFormation(shop.id, { web: 2 })
    await converge()
    expect((await platform.outcome(pushed)).deployment?.outcome).toBe('succeeded')
    await eventually(async () => expect(await running()).toEqual(['v2 web.1', 'v2 web.2']))
    await eventually(() => expect(platform.routeOf(shop)?.targets).toHaveLength(2))
  })
})

describe('limits', () => {
  test('of the app are those of the next release, and its containers have them', async () => {
    const limits = { memoryBytes: 64 * 1024 ** 2, cpus: 0.5 }
    await platform.stores.apps.setLimits(shop.id, 'web', limits)
    await platform.deployed(shop, serves('one'))
    expect((await platform.stores.releases.latest(shop.id))?.limits).toEqual({ web: limits })
  })

  test('that an instance does not come out with are named in its error', async () => {
    await platform.stores.apps.setLimits(shop.id, 'web', { memoryBytes: 64 * 1024 ** 2, cpus: null })
    const oom = { Dockerfile: 'FROM scratch\nCMD ["oom"]' }
    const { deployment } = await platform.outcome(await platform.push(shop, oom))
    expect(deployment?.error).toMatchObject({
      message: 'web.1 was killed: out of memory at 64 MB.',
      hint: expect.stringContaining('berth limits set web --memory'),
    })
  })
})

describe('an app that is stopped', () => {
  const stop = async () => {
    await platform.stores.apps.setStopped(shop.id, true)
    await converge()
    await eventually(async () => expect(await running()).toEqual([]))
  }

  test('runs nothing, keeps its quantities, and stays so over a restart of the worker', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.stores.apps.setFormation(shop.id, { web: 2 })
    await stop()
    await eventually(() => expect(platform.routeOf(shop)).toMatchObject({ targets: [], state: 'stopped' }))
    await platform.stop()
    await platform.start()
    expect(await running()).toEqual([])
    expect(platform.routeOf(shop)?.state).toBe('stopped')
    await platform.stores.apps.setStopped(shop.id, false)
    await converge()
    await eventually(async () => expect(await running()).toEqual(['v1 web.1', 'v1 web.2']))
  })

  test('stays stopped through a change, whose release runs once it is started', async () => {
    await platform.deployed(shop, serves('one'))
    await stop()
    const {
      id: _,
      version: __,
      createdAt: ___,
      ...same
    } = await platform.stores.releases
      .latest(shop.id)
      .then((release) => release ?? Promise.reject(new Error('no release')))
    const changed = await platform.stores.releases.create({ ...same, reason: 'Limit web' })
    const log = await told(await redeploy('change', changed.id))
    expect(log[0]).toContain('stays so until `berth ps start`')
    expect(await running()).toEqual([])
    await platform.stores.apps.setStopped(shop.id, false)
    await converge()
    await eventually(async () => expect(await running()).toEqual(['v2 web.1']))
  })

  test('is started by a push, and not by one that fails', async () => {
    await platform.deployed(shop, serves('one'))
    await stop()
    await platform.outcome(await platform.push(shop, { Dockerfile: 'FROM scratch\nCMD ["exit", "1"]' }))
    await eventually(async () => expect(await running()).toEqual([]))
    expect((await platform.stores.apps.get(shop.id))?.stoppedAt).toBeInstanceOf(Date)
    const { id } = await platform.deployed(shop, serves('three'))
    expect(await told(id)).toContain('Starting v3: shop was stopped, and runs again with it')
    expect(await platform.answer(shop)).toBe('three')
    expect((await platform.stores.apps.get(shop.id))?.stoppedAt).toBeNull()
  })
})

describe('tasks after a deployment', () => {
  const scripts = { dokku: { postdeploy: 'echo after' }, postdeploy: 'echo first' }

  test('run once it is live, that of the first deployment after the first alone', async () => {
    const first = await platform.deployed(shop, serves('one', scripts))
    expect(first).toMatchObject({ isFirst: true, settledAt: expect.any(Date) })
    expect(await told(first.id)).toEqual([
      'Starting v1',
      'Running the postdeploy task: echo after',
      'after',
      'Running the postdeploy task of the first deployment: echo first',
      'first',
    ])
    const second = await platform.deployed(shop, serves('two', scripts))
    expect(await told(second.id)).toEqual(['Starting v2', 'Running the postdeploy task: echo after', 'after'])
    expect(await told(await redeploy('restart'))).toEqual(['Starting v2'])
    await eventually(async () => expect(await all()).toHaveLength(1))
  })

  test('that fail are told, and the release stays live', async () => {
    const { id } = await platform.deployed(shop, serves('one', { dokku: { postdeploy: 'exit 3' } }))
    expect((await told(id)).at(-1)).toMatch(
      /^The postdeploy task failed, with exit code 3\. The release stays live\./,
    )
    expect(await platform.answer(shop)).toBe('one')
  })

  test('that need a shell that is not there are told as well', async () => {
    const files = serves('one', { dokku: { postdeploy: 'echo "never closed' } })
    const { build, deployment } = await platform.outcome(await platform.push(shop, files))
    expect([build.outcome, deployment?.outcome]).toEqual(['succeeded', 'succeeded'])
  })

  test('go on under the next worker, and none begins twice', async () => {
    const slow = { postdeploy: 'sh -c "echo begun; sleep 1; echo done"' }
    const buildId = await platform.push(shop, serves('one', slow))
    const tasks = async () => (await all()).filter(({ labels }) => labels['berth.task'] === 'first-deploy')
    await eventually(async () => expect(await tasks()).toMatchObject([{ state: 'running' }]))
    const [task] = await tasks()
    await platform.stop()
    expect((await platform.stores.deployments.live(shop.id))?.settledAt).toBeNull()
    await platform.start()
    expect(await platform.answer(shop)).toBe('one')
    expect((await tasks()).map(({ id }) => id)).toEqual([task?.id])
    const { deployment, deploymentId } = await platform.outcome(buildId)
    expect(deployment?.outcome).toBe('succeeded')
    const log = await told(deploymentId ?? '')
    expect(log).toContain('done')
    await eventually(async () => expect(await tasks()).toEqual([]))
    expect((await platform.stores.deployments.live(shop.id))?.settledAt).toBeInstanceOf(Date)
  })

  test('do not keep the app from being kept', async () => {
    const slow = { postdeploy: 'sh -c "sleep 2"' }
    const buildId = await platform.push(shop, serves('one', slow))
    await eventually(async () => expect(await platform.stores.deployments.live(shop.id)).not.toBeNull())
    await platform.stores.apps.setFormation(shop.id, { web: 2 })
    await converge()
    await eventually(() => expect(platform.routeOf(shop)?.targets).toHaveLength(2), 1_500)
    expect((await platform.outcome(buildId)).deployment?.outcome).toBe('succeeded')
  })
})

describe('tasks before a deployment', () => {
  test('run in their order, and one that fails stops it', async () => {
    const files = {
      ...serves('one', { dokku: { predeploy: 'echo before' } }),
      Procfile: 'release: exit 2\nweb: serve one',
    }
    const { deployment, deploymentId } = await platform.outcome(await platform.push(shop, files))
    expect(deployment?.error).toMatchObject({
      code: 'DEPLOY.TASK_FAILED',
      message: 'The release command failed, with exit code 2.',
    })
    expect(await told(deploymentId ?? '')).toEqual([
      'Starting v1',
      'Running the predeploy task: echo before',
      'before',
      'Running the release command: exit 2',
    ])
    await eventually(async () => expect(await all()).toEqual([]))
  })
})

describe('instances that are restarted', () => {
  const restart = (type: string, index: number | null) =>
    platform.queue.add('restart-instances', {
      ...{ appId: shop.id, type, index, before: new Date().toISOString() },
    })
  const idsOf = async (type: string) =>
    (await all()).filter(({ labels }) => labels['berth.process'] === type).map(({ id }) => id)

  test('are replaced by others, and the route leads somewhere all the time', async () => {
    await platform.deployed(shop, { ...serves('one'), Procfile: 'web: serve one\nworker: work' })
    await platform.stores.apps.setFormation(shop.id, { web: 2, worker: 1 })
    await converge()
    await eventually(() => expect(platform.routeOf(shop)?.targets).toHaveLength(2))
    const [before, workers] = [await idsOf('web'), await idsOf('worker')]
    await restart('web', 1)
    const states: number[] = []
    await eventually(async () => {
      states.push(platform.routeOf(shop)?.targets.length ?? 0)
      const now = await idsOf('web')
      expect(now.filter((id) => before.includes(id))).toHaveLength(1)
      expect(now).toHaveLength(2)
    })
    expect(Math.min(...states)).toBeGreaterThanOrEqual(2)
    expect(await idsOf('worker')).toEqual(workers)
  })

  test('that crash when they come anew leave the old one serving', async () => {
    await platform.deployed(shop, serves('one'))
    const [before] = await idsOf('web')
    const { create } = platform.engine.containers
    platform.engine.containers.create = (spec) => create({ ...spec, command: ['exit', '1'] })
    await restart('web', null)
    await eventually(async () => expect((await all()).some(({ state }) => state === 'exited')).toBe(true))
    expect(await platform.answer(shop)).toBe('one')
    expect(await idsOf('web')).toContain(before)
    platform.engine.containers.create = create
    await eventually(async () => expect(await idsOf('web')).not.toContain(before), 10_000)
    expect(await platform.answer(shop)).toBe('one')
  })
})

describe('deployments that wait', () => {
  test('a restart takes no newer release’s place, and restarts no older one', async () => {
    await platform.deployed(shop, serves('one'))
    const slow = platform.outcome(await platform.push(shop, slowly('two')))
    await eventually(async () => expect(await running()).toContain('v2 web.1'))
    const waiting = platform.outcome(await platform.push(shop, serves('three')))
    await eventually(async () =>
      expect(await platform.stores.deployments.list(shop.id, 1)).toMatchObject([{ state: 'queued' }]),
    )
    const restart = await redeploy('restart')
    expect((await slow).deployment?.outcome).toBe('succeeded')
    expect((await waiting).deployment?.outcome).toBe('succeeded')
    expect(endOf(await platform.eventsOf(restart))).toMatchObject({
      outcome: 'cancelled',
      error: { code: 'DEPLOY.SUPERSEDED' },
    })
    expect(await platform.answer(shop)).toBe('three')
  })

  test('of three builds at once the one in the middle is dropped', async () => {
    const sleeping = { Dockerfile: 'FROM scratch\nRUN sleep 0.6\nCMD ["serve", "one"]' }
    const first = platform.outcome(await platform.push(shop, sleeping))
    await eventually(async () =>
      expect(await platform.stores.builds.list(shop.id, 1)).toMatchObject([{ state: 'running' }]),
    )
    const second = await platform.push(shop, serves('two'))
    const third = platform.outcome(await platform.push(shop, serves('three')))
    expect((await first).build.outcome).toBe('succeeded')
    expect(endOf(await platform.eventsOf(second))).toMatchObject({
      outcome: 'cancelled',
      error: { code: 'BUILD.SUPERSEDED' },
    })
    expect((await third).deployment?.outcome).toBe('succeeded')
    expect(await platform.answer(shop)).toBe('three')
  })

  test('builds of one app do not keep another’s waiting', async () => {
    const other = await platform.createApp('other')
    const sleeping = { Dockerfile: 'FROM scratch\nRUN sleep 2\nCMD ["serve", "one"]' }
    for (let count = 0; count < 4; count += 1) await platform.push(shop, sleeping)
    const { build } = await platform.outcome(await platform.push(other, serves('other')))
    expect(build.outcome).toBe('succeeded')
    expect((await platform.stores.builds.list(shop.id, 4)).at(-1)?.state).toBe('running')
  })
})

describe('deploying without a push', () => {
  const begin = async (source: Parameters<typeof platform.stores.builds.create>[2]) => {
    const build = await platform.stores.builds.create(shop.id, null, source)
    await platform.queue.add('build', { buildId: build.id, objects: { quarantine: null } })
    return build.id
  }

  test('a repository elsewhere is built, and its commit is the release’s', async () => {
    const url = 'https://example.com/shop.git'
    platform.trees.set(url, { ...serves('theirs'), Procfile: 'web: serve theirs' })
    const buildId = await begin({ source: { kind: 'git', url, ref: 'main' }, createdById: null })
    const { deployment } = await platform.outcome(buildId)
    expect(deployment?.outcome).toBe('succeeded')
    expect(await platform.answer(shop)).toBe('theirs')
    const release = await platform.stores.releases.latest(shop.id)
    expect(release?.reason).toBe('Deploy main of https://example.com/shop.git')
    expect(await platform.stores.revisions.get(release?.revisionId ?? '')).toMatchObject({
      commit: 'c'.repeat(40),
      branch: 'main',
      message: 'from main',
    })
  })

  test('an image is built on alone, with its own command as web', async () => {
    const asked: string[] = []
    const { build } = platform.engine
    platform.engine.build = async (request, sink, signal) => {
      const entries = await request.tree.entries()
      for await (const { content } of request.tree.read(entries)) asked.push(Buffer.from(content).toString())
      const dockerfile = { entries: async () => entries, read: () => served(entries[0]) }
      return build({ ...request, tree: dockerfile }, sink, signal)
    }
    const source = { kind: 'image', reference: 'acme/site:1', pull: false } as const
    const { deployment } = await platform.outcome(await begin({ source, createdById: null }))
    expect(deployment?.outcome).toBe('succeeded')
    expect(asked).toEqual(['FROM acme/site:1\n'])
    const release = await platform.stores.releases.latest(shop.id)
    expect(release).toMatchObject({
      reason: 'Deploy the image acme/site:1',
      revisionId: null,
      processes: [{ type: 'web', command: null }],
    })
  })
})

async function* served(entry: unknown) {
  yield { entry: entry as never, content: Buffer.from('FROM acme/site:1\nCMD ["serve", "site"]') }
}

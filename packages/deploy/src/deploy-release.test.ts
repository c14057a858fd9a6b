import { type Deployment, type DeploymentCause, parseProcessType, type Release, web } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deployRelease } from './deploy-release.ts'
import { fakeUndertakings } from './fake-undertaking.ts'
import { keepApp } from './keep-app.ts'
import type { DeploymentStore } from './stores.ts'

const worker = parseProcessType('worker')

let shop: ReturnType<typeof fakeUndertakings>
let states: string[]
beforeEach(() => {
  shop = fakeUndertakings()
  states = []
})
afterEach(() => shop.close())

const deployments = {
  become: async (_id: string, state: string) => states.push(state) > 0,
  becomeLive: async () => states.push('live') > 0,
} as Partial<DeploymentStore> as DeploymentStore

const never = () => new Promise<void>(() => undefined)

async function deploy(
  release: Release,
  options: { signal?: AbortSignal; formation?: Record<string, number>; cause?: DeploymentCause } = {},
) {
  await deployRelease({
    undertaking: await shop.undertaking(release, `deployment-${release.version}`),
    formation: options.formation ?? {},
    cause: options.cause ?? 'build',
    deployments,
    changed: never,
    onSwitch: async () => undefined,
    signal: options.signal ?? new AbortController().signal,
  })
}

async function keep(release: Release | null, resting: { type: typeof web; index: number }[] = []) {
  const undertaking = await shop.undertaking(
    release,
    `deployment-${release?.version}` satisfies Deployment['id'],
  )
  const failures: unknown[] = []
  await keepApp(
    { undertaking, formation: {}, untouched: () => [], resting: () => resting },
    {
      changed: never,
      failed: (_step, error) => failures.push(error),
      signal: new AbortController().signal,
    },
  )
  return failures
}

const running = async () =>
  (await shop.engine.containers.list())
    .filter((container) => container.state === 'running')
    .map((container) => `v${container.labels['berth.release']} ${container.labels['berth.process']}`)

async function answer(): Promise<string> {
  const [target] = shop.route.targets
  return (await fetch(`http://${target?.address}:${target?.port}`)).text()
}

describe('a deployment', () => {
  test('is live when the route leads to a healthy instance', async () => {
    await deploy(shop.release('serve $BERTH_RELEASE'))
    expect(await answer()).toBe('v1')
    expect(states).toEqual(['healthy', 'live'])
  })

  test('tells its steps: the tasks before it, each instance until it is healthy, the route', async () => {
    await deploy(shop.release('serve $BERTH_RELEASE', { releaseCommand: 'echo migrated' }))
    const told = shop.events.flatMap((event) => {
      if (event.kind === 'step-started') return [event.title]
      if (event.kind === 'step-finished') return [`${event.step} ${event.outcome}`]
      return event.kind === 'line' ? [`${event.step}: ${event.text}`] : []
    })
    expect(told).toEqual([
      'Running the release command: echo migrated',
      'release: migrated',
      'release done',
      'Starting web.1',
      'web.1 done',
      'Switching the route',
      'route done',
    ])
  })

  test('leaves the old instance serving until the new one does; keeping stops it', async () => {
    await deploy(shop.release('serve $BERTH_RELEASE'))
    const second = shop.release('sleep 0.05; serve $BERTH_RELEASE')
    await deploy(second)
    expect(await running()).toEqual(['v1 web', 'v2 web'])
    expect(await answer()).toBe('v2')
    await keep(second)
    expect(await running()).toEqual(['v2 web'])
    expect(await shop.engine.containers.list()).toHaveLength(1)
  })

  test('takes the port of EXPOSE', async () => {
    await deploy(shop.release('serve $PORT', {}, { exposedPorts: ['53/udp', '8080/tcp'] }))
    expect(await answer()).toBe('8080')
  })

  test('that crashes at its start says with which exit code and what it printed last, secrets masked', async () => {
    const first = shop.release('serve $BERTH_RELEASE')
    await deploy(first)
    const configuration = { DATABASE_URL: 'postgres://secret' }
    const bad = shop.release('echo cannot reach $DATABASE_URL; exit 3', { configuration })
    await expect(deploy(bad)).rejects.toMatchObject({
      code: 'DEPLOY.CRASHED_AT_START',
      message: 'web.1 ended right after its start, with exit code 3.',
      hint: 'The last it printed:\ncannot reach [secret]',
    })
    expect(await answer()).toBe('v1')
    expect(await keep(first)).toEqual([])
    expect(await shop.engine.containers.list()).toHaveLength(1)
  })

  test('that runs out of memory says so', async () => {
    await expect(deploy(shop.release('oom'))).rejects.toMatchObject({
      code: 'DEPLOY.OUT_OF_MEMORY',
      message: 'web.1 was killed: out of memory at 512 MB.',
    })
  })

  test('that never listens says on which port nothing answered', async () => {
    await expect(deploy(shop.release('sleep 60'))).rejects.toMatchObject({
      code: 'DEPLOY.NEVER_LISTENED',
      message: 'web.1 did not get healthy: nothing accepted a connection on port 5000 within 1.5 s.',
    })
  })

  test('that cannot be started says why, and leaves no container', async () => {
    const bad = shop.release('', { processes: [{ type: web, command: 'no-such-program' }] })
    await expect(deploy(bad)).rejects.toMatchObject({ code: 'CONTAINER.PROGRAM_NOT_FOUND' })
    expect(await shop.engine.containers.list()).toEqual([])
  })

  test('fails as a whole when one of its types does', async () => {
    const processes = [
      { type: web, command: null },
      { type: worker, command: 'exit 1' },
    ]
    const work = deploy(shop.release('serve', { processes }), { formation: { worker: 1 } })
    await expect(work).rejects.toMatchObject({ code: 'DEPLOY.CRASHED_AT_START' })
    expect(shop.route.history).toEqual([])
  })

  test('waits for a worker to have run for a moment', async () => {
    const processes = [{ type: worker, command: 'sleep 60' }]
    await deploy(shop.release('', { processes }), { formation: { worker: 2 } })
    expect(await running()).toEqual(['v1 worker', 'v1 worker'])
    expect(states.at(-1)).toBe('live')
  })

  test('that is cancelled ends with the reason, and its instance goes when the app is kept', async () => {
    const cancel = new AbortController()
    const work = deploy(shop.release('sleep 60'), { signal: cancel.signal })
    setTimeout(() => cancel.abort(new Error('cancelled')), 50)
    await expect(work).rejects.toThrow('cancelled')
    await keep(null)
    expect(await shop.engine.containers.list()).toEqual([])
  })

  test('done again after a crash of the worker goes on from what is there', async () => {
    const release = shop.release('serve $BERTH_RELEASE')
    await deploy(release)
    shop.facts.healthy.clear()
    shop.route.targets = []
    await deploy(release)
    expect(await running()).toEqual(['v1 web'])
    expect(await answer()).toBe('v1')
  })
})

describe('the release command', () => {
  const withCommand = (releaseCommand: string) => shop.release('serve ok', { releaseCommand })

  test('runs once before the instances, and its output is told', async () => {
    await deploy(withCommand('echo migrating'))
    await deploy(shop.release('serve ok'))
    const told = shop.events.filter((event) => event.kind === 'line').map((event) => event.text)
    expect(told).toEqual(['migrating'])
  })

  test('that fails stops the deployment before anything started', async () => {
    await expect(deploy(withCommand('sh -c "echo no table; exit 2"'))).rejects.toMatchObject({
      code: 'DEPLOY.TASK_FAILED',
      message: 'The release command failed, with exit code 2.',
      hint: 'The last it printed:\nno table',
    })
    expect(await running()).toEqual([])
  })
})

describe('keeping an app', () => {
  test('starts a crashed instance again, and routes to it when it is healthy', async () => {
    const release = shop.release('serve $BERTH_RELEASE')
    await deploy(release)
    const [container] = await shop.engine.containers.list()
    await shop.engine.containers.kill(container?.id ?? '', 'SIGKILL')
    await shop.engine.containers.wait(container?.id ?? '')
    await keep(release)
    expect(await answer()).toBe('v1')
    expect(shop.route.targets[0]?.containerId).not.toBe(container?.id)
    expect(await shop.engine.containers.list()).toHaveLength(1)
  })

  test('lets one that rests rest, and takes it from the route', async () => {
    const release = shop.release('serve $BERTH_RELEASE')
    await deploy(release)
    const [container] = await shop.engine.containers.list()
    await shop.engine.containers.kill(container?.id ?? '', 'SIGKILL')
    await shop.engine.containers.wait(container?.id ?? '')
    await keep(release, [{ type: web, index: 1 }])
    expect(await running()).toEqual([])
    expect(shop.route.targets).toEqual([])
  })

  test('tells what failed and goes on', async () => {
    const bad = shop.release('', { processes: [{ type: web, command: 'no-such-program' }] })
    expect(await keep(bad)).toMatchObject([{ code: 'CONTAINER.PROGRAM_NOT_FOUND' }])
  })
})

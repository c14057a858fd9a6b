import { type Healthcheck, type HealthProbe, parseProcessType, type Release, web } from '@berth/domain'
import type { ImageConfig } from '@berth/engine'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { containerSpec } from './container-spec.ts'
import { fakeUndertakings } from './fake-undertaking.ts'
import { untilHealthy } from './health-gate.ts'
import type { Undertaking } from './undertaking.ts'

const worker = parseProcessType('worker')

let shop: ReturnType<typeof fakeUndertakings>
beforeEach(() => {
  shop = fakeUndertakings()
})
afterEach(() => shop.close())

const check = (probe: HealthProbe, given: Partial<Healthcheck> = {}): Healthcheck => ({
  type: 'startup',
  name: null,
  probe,
  initialDelayMs: 0,
  attempts: 1,
  timeoutMs: 1_000,
  waitMs: 20,
  ...given,
})
const page = (content: string | null = null): HealthProbe => ({
  kind: 'http',
  scheme: 'http',
  path: '/',
  port: null,
  content,
  headers: [],
})
const command = (...argv: string[]): HealthProbe => ({ kind: 'command', argv })

/** A container of this release, started, and what the gate says of it. */
async function gate(
  release: Release,
  {
    type = web,
    untilReady = true,
    meanwhile = async () => undefined,
  }: {
    type?: typeof web
    untilReady?: boolean
    meanwhile?: (address: string, containerId: string) => Promise<unknown>
  } = {},
) {
  const undertaking: Undertaking = {
    ...(await shop.undertaking(release, 'deployment')),
    beforeSwitch: async () => undefined,
  }
  const slot = { type, index: 1 }
  const { containers } = shop.engine
  const { id } = await containers.create(containerSpec(undertaking, slot))
  const { address } = await containers.start(id)
  const step = { ...slot, containerId: id, untilReady }
  const begunAt = performance.now()
  const [healthy] = await Promise.all([
    untilHealthy(undertaking, step, new AbortController().signal),
    meanwhile(`http://${address}:5000`, id),
  ])
  return { healthy, tookMs: performance.now() - begunAt }
}

const checked = (program: string, checks: Healthcheck[], type = web, config: Partial<ImageConfig> = {}) =>
  shop.release(program, { processes: [{ type, command: null }], healthchecks: { [type]: checks } }, config)

describe('web', () => {
  test('without checks is healthy when something accepts a connection', async () => {
    expect((await gate(shop.release('sleep 0.1; serve ok'))).healthy).toBe(true)
  })

  test('must accept connections whatever else is asked: a route would lead nowhere before', async () => {
    const started = gate(
      checked('sleep 60', [check(command('true')), check({ kind: 'uptime', uptimeMs: 1 })]),
    )
    await expect(started).rejects.toMatchObject({ code: 'DEPLOY.NEVER_LISTENED' })
  })

  test('has more time to listen where nobody waits: after a reboot everything starts at once', async () => {
    const slow = shop.release('sleep 2; serve ok')
    await expect(gate(slow)).rejects.toMatchObject({ code: 'DEPLOY.NEVER_LISTENED' })
    expect((await gate(slow, { untilReady: false })).healthy).toBe(true)
  })

  test('is asked its path as soon as it listens, and waiting for that is no attempt', async () => {
    const { healthy, tookMs } = await gate(
      checked('sleep 0.3; serve ok', [check(page('ok'), { waitMs: 60_000 })]),
    )
    expect(healthy).toBe(true)
    expect(tookMs).toBeLessThan(10_000)
  })

  test('that answers something else says which check failed, and what was answered', async () => {
    const release = checked('serve database is away', [
      check(page('welcome'), { name: 'front page', attempts: 2 }),
    ])
    await expect(gate(release)).rejects.toMatchObject({
      code: 'DEPLOY.UNHEALTHY',
      message:
        'web.1 did not get healthy: its check "front page" failed 2 times: the answer (200) does not hold "welcome": database is away.',
      hint: expect.stringContaining('"attempts" and "wait"'),
    })
  })

  test('that answers with a value of its configuration does not have it told', async () => {
    const release = {
      ...checked('serve $TOKEN', [check(page('welcome'))]),
      configuration: { TOKEN: 'hunter22' },
    }
    await expect(gate(release)).rejects.toMatchObject({
      message: expect.stringMatching(/does not hold "welcome": \[secret\]\.$/),
    })
  })

  test('that ends while it is asked is no case for the gate', async () => {
    const { healthy } = await gate(checked('sleep 0.1; exit 1', [check(page(), { attempts: 100 })]))
    expect(healthy).toBe(false)
  })

  test('must pass all of its checks', async () => {
    const release = checked('serve ok', [check(page()), check(command('sh', '-c', 'echo no space; exit 3'))])
    await expect(gate(release)).rejects.toMatchObject({
      message:
        'web.1 did not get healthy: its check sh -c echo no space; exit 3 failed once: exit code 3: no space.',
    })
  })

  test('waits for an initial delay, and for an uptime', async () => {
    const delayed = check(page(), { initialDelayMs: 200 })
    expect((await gate(checked('serve ok', [delayed]))).tookMs).toBeGreaterThan(150)
    const uptime = check({ kind: 'uptime', uptimeMs: 200 })
    expect((await gate(checked('serve ok', [uptime]))).tookMs).toBeGreaterThan(150)
  })

  test('must be ready as well where the route is switched next, and only there', async () => {
    const release = checked('serve ok', [check(page('ready'), { type: 'readiness' })])
    await expect(gate(release)).rejects.toMatchObject({ code: 'DEPLOY.UNHEALTHY' })
    expect((await gate(release, { untilReady: false })).healthy).toBe(true)
  })

  test('that gets ready meanwhile passes', async () => {
    const release = checked('serve ok', [check(page(), { type: 'readiness', attempts: 1_000 })])
    const broken = gate(release, {
      meanwhile: async (url) => {
        await fetch(`${url}/break`)
        setTimeout(() => void fetch(`${url}/mend`), 200)
      },
    })
    expect((await broken).healthy).toBe(true)
  })

  test('is not asked what counts for its life', async () => {
    const release = checked('serve ok', [check(page('never'), { type: 'liveness' })])
    expect((await gate(release)).healthy).toBe(true)
  })
})

describe('the HEALTHCHECK of an image', () => {
  const image = (...test: string[]): Partial<ImageConfig> => ({
    healthcheck: { test, intervalMs: 40, timeoutMs: 0, startPeriodMs: 0, startIntervalMs: 0, retries: 2 },
  })

  test('counts where the release has no checks', async () => {
    const release = shop.release('serve ok', {}, image('CMD-SHELL', 'exit 1'))
    await expect(gate(release)).rejects.toMatchObject({
      code: 'DEPLOY.UNHEALTHY',
      message: 'web.1 did not get healthy: its check "HEALTHCHECK" failed 2 times: exit code 1.',
    })
    expect((await gate(shop.release('serve ok', {}, image('CMD', 'true')))).healthy).toBe(true)
  })

  test('does not where the release has some, nor for other types', async () => {
    expect(
      (await gate(checked('serve ok', [check(page())], web, image('CMD-SHELL', 'exit 1')))).healthy,
    ).toBe(true)
    const release = shop.release(
      'sleep 60',
      { processes: [{ type: worker, command: null }] },
      image('CMD-SHELL', 'exit 1'),
    )
    expect((await gate(release, { type: worker })).healthy).toBe(true)
  })
})

describe('another type', () => {
  test('without checks is healthy when it ran for a moment', async () => {
    const release = shop.release('sleep 60', { processes: [{ type: worker, command: null }] })
    const { healthy, tookMs } = await gate(release, { type: worker })
    expect(healthy).toBe(true)
    expect(tookMs).toBeGreaterThan(30)
  })

  test('is asked its checks, and need not listen', async () => {
    expect(
      (await gate(checked('sleep 60', [check(command('true'))], worker), { type: worker })).healthy,
    ).toBe(true)
    const bad = gate(checked('sleep 60', [check(command('no-such-check'))], worker), { type: worker })
    await expect(bad).rejects.toMatchObject({
      code: 'DEPLOY.UNHEALTHY',
      hint: expect.stringContaining('full path'),
    })
  })

  test('that is asked for a path must listen for that', async () => {
    const bad = gate(checked('sleep 60', [check(page())], worker), { type: worker })
    await expect(bad).rejects.toMatchObject({ code: 'DEPLOY.NEVER_LISTENED' })
  })
})

describe('a process type that a port leads to', () => {
  const db = parseProcessType('db')

  test('is healthy when it accepts connections there', async () => {
    shop.route.leading = [{ type: db, port: 5000 }]
    const { healthy, tookMs } = await gate(checked('sleep 0.3; serve ok', [], db), { type: db })
    expect(healthy).toBe(true)
    expect(tookMs).toBeGreaterThan(300)
  })

  test('fails the deployment where nothing listens, with a word where the port is from', async () => {
    shop.route.leading = [{ type: db, port: 5433 }]
    await expect(gate(checked('serve ok', [], db), { type: db })).rejects.toMatchObject({
      code: 'DEPLOY.NEVER_LISTENED',
      hint: expect.stringContaining('berth ports'),
    })
  })
})

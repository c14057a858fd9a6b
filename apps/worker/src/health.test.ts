import type { App } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually, type FakePlatform, startFakePlatform } from './fake-platform.ts'

let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform({ leaseGraceMs: 100 })
  shop = await platform.createApp()
})
afterEach(() => platform.remove())

const withinMs = 10_000

/** Two instances that serve, with one check of web: asked every second, two failures in a row count. */
const checked = (type: string, instances: number) => ({
  Dockerfile: 'FROM scratch\nCMD ["serve", "ok"]',
  'app.json': JSON.stringify({
    formation: { web: { quantity: instances } },
    healthchecks: { web: [{ type, name: 'page', path: '/', attempts: 2, wait: 1 }] },
  }),
})
const webs = async () =>
  (await platform.engine.containers.list())
    .filter(({ state }) => state === 'running')
    .sort((one, other) => Number(one.labels['berth.index']) - Number(other.labels['berth.index']))
const routed = () =>
  platform
    .routeOf(shop)
    ?.targets.map(({ name }) => name.replace(/-.*/, ''))
    .sort()
async function tell(index: number, path: '/break' | '/mend'): Promise<string> {
  const container = (await webs())[index - 1]
  await fetch(`http://${container?.address}:5000${path}`)
  return container?.id ?? ''
}
const healthOf = async (name: string) =>
  (await platform.live.instances(shop.id)).find((view) => view.name === name)?.health

describe('an instance that is not ready', () => {
  test('leaves the route, and is back in it when it is ready again', async () => {
    await platform.deployed(shop, checked('readiness', 2))
    expect(routed()).toEqual(['web.1', 'web.2'])
    const id = await tell(2, '/break')
    await eventually(() => expect(routed()).toEqual(['web.1']), withinMs)
    expect(await healthOf('web.2')).toEqual({
      state: 'unhealthy',
      reason: expect.stringMatching(
        /^readiness check "page" failed \d+ times: answered 500 Internal Server Error: ok$/,
      ),
    })
    expect(await healthOf('web.1')).toEqual({ state: 'healthy', reason: null })
    await tell(2, '/mend')
    await eventually(() => expect(routed()).toEqual(['web.1', 'web.2']), withinMs)
    expect((await webs())[1]?.id).toBe(id)
    expect(await healthOf('web.2')).toEqual({ state: 'healthy', reason: null })
  }, 30_000)

  test('stays in the route where no other is ready either', async () => {
    await platform.deployed(shop, checked('readiness', 2))
    await tell(1, '/break')
    await eventually(() => expect(routed()).toEqual(['web.2']), withinMs)
    await tell(2, '/break')
    await eventually(() => expect(routed()).toEqual(['web.1', 'web.2']), withinMs)
    expect(await healthOf('web.2')).toMatchObject({ state: 'unhealthy' })
  }, 30_000)

  test('is told of when that begins and when it is over', async () => {
    await platform.deployed(shop, checked('readiness', 2))
    const told = () => platform.notices.filter(({ kind }) => kind === 'unhealthy')
    await tell(2, '/break')
    const begun = { phase: 'begun', instance: 'web.2', reason: expect.stringContaining('answered 500') }
    await eventually(() => expect(told()).toMatchObject([begun]), withinMs)
    await tell(2, '/mend')
    await eventually(
      () => expect(told()).toMatchObject([begun, { phase: 'ended', instance: 'web.2' }]),
      withinMs,
    )
  }, 30_000)
})

describe('an instance whose life is over', () => {
  test('leaves the route, is stopped, and another takes its place, with the cause in words', async () => {
    await platform.deployed(shop, checked('liveness', 2))
    const id = await tell(1, '/break')
    await eventually(() => expect(routed()).toEqual(['web.2']), withinMs)
    await eventually(async () => {
      const health = await healthOf('web.1')
      expect(health).toMatchObject({ reason: expect.stringMatching(/^liveness check "page" failed 2 times/) })
    }, withinMs)
    await eventually(() => expect(routed()).toEqual(['web.1', 'web.2']), withinMs)
    expect((await webs()).map((container) => container.id)).not.toContain(id)
    const [view] = await platform.live.instances(shop.id)
    expect(view).toMatchObject({ name: 'web.1', state: 'running', restarts: 1, health: { state: 'healthy' } })
    await eventually(async () => expect(await platform.engine.containers.list()).toHaveLength(2), withinMs)
    expect(await platform.stores.deaths.list(shop.id, 10)).toMatchObject([
      { instance: 'web.1', containerId: id, reason: expect.stringMatching(/^liveness check "page" failed/) },
    ])
  }, 30_000)

  test('is found out by a new worker as well', async () => {
    await platform.deployed(shop, checked('liveness', 1))
    await platform.stop()
    const id = await tell(1, '/break')
    await platform.start()
    await eventually(async () => expect((await webs())[0]?.id).not.toBe(id), withinMs)
    await eventually(() => expect(routed()).toEqual(['web.1']), withinMs)
  }, 30_000)
})

describe('a deployment', () => {
  test('whose instance is not ready fails, and says by which check', async () => {
    await platform.deployed(shop, checked('liveness', 1))
    const bad = {
      ...checked('readiness', 1),
      'app.json':
        '{"healthchecks": {"web": [{"type": "readiness", "path": "/", "content": "welcome", "attempts": 1}]}}',
    }
    const { deployment } = await platform.outcome(await platform.push(shop, bad))
    expect(deployment?.error).toMatchObject({
      code: 'DEPLOY.UNHEALTHY',
      message:
        'web.1 did not get healthy: its check GET / failed once: the answer (200) does not hold "welcome": ok.',
    })
    expect(await platform.answer(shop)).toBe('ok')
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '@berth/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, type FakePlatform, startFakePlatform } from '../fake-platform.ts'

let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
  await platform.deployed(shop, {
    Dockerfile: 'FROM scratch\nCMD ["serve", "one"]',
    Procfile: 'web: serve one\nworker: serve two\n',
  })
})
afterEach(() => platform.remove())

const minuteMs = 60_000
/** Two looks: what lies between them is known. */
async function look(between: () => void = () => undefined): Promise<void> {
  await platform.parts().metrics.sample()
  between()
  await sleep(5)
  await platform.parts().metrics.sample()
}
const plot = (instance: string | null = null) => {
  const now = Date.now()
  const range = { from: now - 5 * minuteMs, to: now + minuteMs, points: 36 }
  return platform.live.plot(shop.id, { instance, process: null, ...range })
}

test('what an app uses and gets is shown over the live socket', async () => {
  await look(() => {
    platform.accessLog.tell({ routeId: shop.id, totalMs: 4 })
    platform.accessLog.tell({ routeId: shop.id, status: 500, totalMs: 6 })
  })
  const { total, traffic } = await plot()
  expect(total).toMatchObject({ requests: 2, traffic: { p50Ms: 4, p99Ms: 6 } })
  expect(total.usage.memoryBytes).toBeGreaterThan(0)
  expect(traffic?.requests.some((rate) => rate !== null && rate > 0)).toBe(true)
  const now = Date.now()
  const hour = { from: now - 60 * minuteMs, to: now + minuteMs, points: 60 }
  const { apps } = await platform.live.traffic({ appIds: [shop.id], ...hour })
  expect(apps).toMatchObject([{ appId: shop.id, total: { requests: 2, serverErrors: 1 } }])
  expect((await plot('web.1')).total.usage.pids).toBe(1)
  expect((await plot('web.7')).total.usage.memoryBytes).toBeNull()
})

test('what it was survives a restart of the worker', async () => {
  await look(() => platform.accessLog.tell({ routeId: shop.id }))
  await platform.stop()
  await platform.start()
  expect((await plot()).total.requests).toBe(1)
})

test('a crash is counted as a restart, and a stop by a deployment is not', async () => {
  await look()
  expect((await plot('web.1')).total.usage.restarts).toBe(0)
  const [container] = await platform.engine.containers.list({ 'berth.process': 'web' })
  await platform.engine.containers.kill(container?.id ?? '', 'SIGKILL')
  await eventually(async () => {
    const running = await platform.engine.containers.list({ 'berth.process': 'web' }, { states: ['running'] })
    expect(running).toHaveLength(1)
  })
  await look()
  expect((await plot('web.1')).total.usage.restarts).toBe(1)
  const [instance] = (await platform.live.snapshot()).instances
  expect(instance).toMatchObject({ name: 'web.1', processType: 'web', restarts: 1 })
})

test('a snapshot holds every instance once, and what came since the worker began', async () => {
  await look(() => platform.accessLog.tell({ routeId: shop.id, totalMs: 4 }))
  await look(() => platform.accessLog.tell({ routeId: shop.id, totalMs: 5 }))
  const { instances, apps, machine } = await platform.live.snapshot()
  expect(instances.map(({ appId, name }) => [appId, name])).toEqual([[shop.id, 'web.1']])
  expect(apps).toMatchObject([{ appId: shop.id, statuses: [0, 2, 0, 0, 0], latencySumMs: 9 }])
  expect(machine.memoryTotalBytes).toBeGreaterThan(machine.memoryBytes)
})

test('requests for what is no app leave nothing behind', async () => {
  await look(() => platform.accessLog.tell({ routeId: 'dashboard' }))
  expect(
    (await platform.live.plot(shop.id, { instance: null, process: null, from: 0, to: Date.now(), points: 1 }))
      .total.requests,
  ).toBe(0)
})

test('the machine is shown with what its disk is used for', async () => {
  const view = await platform.live.machine()
  expect(view.disk.uses.map(({ name }) => name)).toEqual([
    ...['images', 'build cache', 'volumes', 'logs', 'database', 'repositories', 'registry', 'metrics'],
  ])
  expect(view.containers).toEqual({ running: 1, all: 1 })
  expect(view.disk.totalBytes).toBe(view.disk.usedBytes + view.disk.freeBytes)
})

test('an app that is removed takes its figures with it', async () => {
  await look(() => platform.accessLog.tell({ routeId: shop.id }))
  await platform.queue.add('remove-app', { appId: shop.id })
  await eventually(async () => expect(await platform.stores.apps.get(shop.id)).toBeNull())
  expect((await plot()).total.requests).toBe(0)
  expect((await platform.live.snapshot()).apps).toEqual([])
})

import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '@berth/domain'
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
const theContainer = async () => {
  const [container] = (await platform.engine.containers.list()).filter(({ state }) => state === 'running')
  return container?.id ?? ''
}
async function crash(): Promise<void> {
  await platform.engine.containers.kill(await theContainer(), 'SIGKILL')
}

describe('an instance that crashes', () => {
  test('leaves the route at once and is back after a second', async () => {
    await platform.deployed(shop, serves('one'))
    const before = await theContainer()
    await crash()
    await eventually(() => expect(platform.routeOf(shop)?.targets).toEqual([]))
    await eventually(async () => expect(await platform.answer(shop)).toBe('one'))
    expect(await theContainer()).not.toBe(before)
    const [view] = await platform.live.instances(shop.id)
    expect(view).toMatchObject({ name: 'web.1', state: 'running', restarts: 1, lastExit: { code: 137 } })
  })

  test('again and again is shown as crashed, with its exit code', async () => {
    await platform.deployed(shop, serves('one'))
    for (let times = 1; times <= 3; times += 1) {
      await eventually(async () => expect(await platform.answer(shop)).toBe('one'))
      await crash()
      await eventually(async () => expect(await running()).toEqual([]))
    }
    expect(await platform.live.instances(shop.id)).toMatchObject([
      { name: 'web.1', state: 'crashed', restarts: 3, lastExit: { code: 137 } },
    ])
    await eventually(() => expect(platform.routeOf(shop)?.state).toBe('crashed'))
  }, 15_000)

  test('while a new version starts is started again too', async () => {
    await platform.deployed(shop, serves('one'))
    const slow = { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "sleep 1.4; serve two"]' }
    const second = platform.outcome(await platform.push(shop, slow))
    await eventually(async () => expect(await running()).toHaveLength(2))
    await crash()
    await eventually(async () => expect(await platform.answer(shop)).toBe('one'))
    expect((await second).deployment?.outcome).toBe('succeeded')
    expect(await platform.answer(shop)).toBe('two')
    await eventually(async () => expect(await running()).toEqual(['v2 web.1']))
  })
})

describe('a worker that is started again', () => {
  test('finds its instances and routes to them from the start', async () => {
    await platform.deployed(shop, serves('one'))
    const before = await theContainer()
    await platform.stop()
    await platform.frontDoor.apply({ routes: [] })
    await platform.start()
    expect(await platform.answer(shop)).toBe('one')
    expect(await theContainer()).toBe(before)
  })

  test('starts again what has ended meanwhile', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.stop()
    await crash()
    await platform.start()
    await eventually(async () => expect(await platform.answer(shop)).toBe('one'))
    await eventually(async () => expect(await platform.engine.containers.list()).toHaveLength(1))
  })

  test('carries a deployment to its end that was under way', async () => {
    const slow = { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "sleep 0.3; serve one"]' }
    const { next } = endOf(await platform.eventsOf(await platform.push(shop, slow)))
    await eventually(async () => expect(await running()).toEqual(['v1 web.1']))
    await platform.stop()
    expect(await platform.stores.deployments.get(next ?? '')).toMatchObject({ state: 'starting' })
    await platform.start()
    const events = await platform.eventsOf(next ?? '')
    expect(endOf(events).outcome).toBe('succeeded')
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'section', text: 'Starting again: the worker was restarted' }),
    )
    expect(await running()).toEqual(['v1 web.1'])
  })

  test('does a build again that was under way, and makes one release of it', async () => {
    const buildId = await platform.push(shop, {
      Dockerfile: 'FROM scratch\nRUN sleep 0.3\nCMD ["serve", "one"]',
    })
    await sleep(50)
    await platform.stop()
    expect(await platform.stores.builds.get(buildId)).toMatchObject({ state: 'running' })
    await platform.start()
    expect((await platform.outcome(buildId)).deployment?.outcome).toBe('succeeded')
    expect(await platform.stores.releases.list(shop.id, 10)).toHaveLength(1)
  })

  test('a job that comes twice does nothing twice', async () => {
    const buildId = await platform.push(shop, serves('one'))
    await platform.outcome(buildId)
    await platform.queue.add('build', { buildId, objects: { quarantine: null } })
    const live = await platform.stores.deployments.live(shop.id)
    await platform.queue.add('deploy', { deploymentId: live?.id ?? '' })
    await sleep(100)
    expect(await platform.stores.releases.list(shop.id, 10)).toHaveLength(1)
    expect(await platform.stores.deployments.list(shop.id, 10)).toHaveLength(1)
    expect(platform.reports).toEqual([])
  })
})

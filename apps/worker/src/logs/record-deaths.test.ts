import type { App } from '@berth/domain'
import { everything } from '@berth/observe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually, type FakePlatform, startFakePlatform } from '../fake-platform.ts'

let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
})
afterEach(() => platform.remove())

const says = { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "echo it begins; serve one"]' }
const containers = async () =>
  (await platform.engine.containers.list()).filter(({ state }) => state === 'running')
const kill = async () => platform.engine.containers.kill((await containers())[0]?.id ?? '', 'SIGKILL')
const deaths = () => platform.stores.deaths.list(shop.id, 10)
const told = async () =>
  (
    await platform.live.logPage(shop.id, {
      before: null,
      after: null,
      limit: 100,
      filter: { ...everything, source: 'berth' },
    })
  ).lines.map(({ text }) => text)

describe('an instance that ends', () => {
  test('unasked leaves a post-mortem, and a line that says when it comes back', async () => {
    await platform.deployed(shop, says)
    const [container] = await containers()
    await kill()
    await eventually(async () => expect(await deaths()).toHaveLength(1))
    expect((await deaths())[0]).toMatchObject({
      ...{ instance: 'web.1', releaseVersion: 1, code: 137, signal: 'SIGKILL', outOfMemory: false },
      ...{ containerId: container?.id, memoryLimitBytes: 512 * 1024 * 1024, lastLines: ['it begins'] },
    })
    await eventually(async () =>
      expect(await told()).toContain('web.1 was ended by SIGKILL, restarting in 1 s'),
    )
    await eventually(async () =>
      expect((await told()).filter((text) => text === 'web.1 started')).toHaveLength(2),
    )
    expect(await deaths()).toHaveLength(1)
  })

  test('because it was stopped leaves none', async () => {
    await platform.deployed(shop, says)
    await platform.deployed(shop, { ...says, 'other.txt': 'changed' })
    await eventually(async () => expect(await told()).toContain('web.1 stopped'))
    expect(await deaths()).toEqual([])
    expect(await told()).toEqual(expect.arrayContaining(['v1 is live', 'v2 is live']))
  })

  test('before it was live leaves one, too, and the deployment says that it failed', async () => {
    const { deployment } = await platform.outcome(
      await platform.push(shop, { Dockerfile: 'FROM scratch\nCMD ["sh", "-c", "echo no luck; exit 3"]' }),
    )
    expect(deployment?.outcome).toBe('failed')
    await eventually(async () => expect(await deaths()).toMatchObject([{ code: 3, lastLines: ['no luck'] }]))
    await eventually(async () => expect((await told()).join('\n')).toMatch(/A deployment failed: .*web\.1/))
  })
})

import type { App } from '@berth/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakePlatform, startFakePlatform } from '../fake-platform.ts'
import { publishImage } from './publish-image.ts'

let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
  await platform.deployed(shop, { Dockerfile: 'FROM scratch\nCMD ["serve", "one"]' })
})
afterEach(() => platform.remove())

const publish = (appId: string, version: number) =>
  publishImage(platform.parts(), { appId, version, token: 'token' }, new AbortController().signal)

test('a release lies in the registry then, under its app and version, for its own team alone', async () => {
  await publish(shop.id, 1)
  const { images } = platform.engine
  const name = `127.0.0.1:${platform.settings.receiverPort}/${shop.id}`
  const { RepoDigests } = await images.inspect((await images.list())[0]?.digest ?? '')
  expect(RepoDigests).toEqual([expect.stringContaining(`${name}@sha256:`)])
  const [pinned = ''] = RepoDigests
  expect(await images.find(pinned)).toBeUndefined()
  expect((await images.resolve(`${name}:v1`)).config.command).toEqual(['serve', 'one'])
})

test.each([
  ['a version that is not there', () => publish(shop.id, 2)],
  ['an app that is not there', () => publish('0', 1)],
])('%s is said to be missing', async (_what, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'LIVE.NOT_FOUND' })
})

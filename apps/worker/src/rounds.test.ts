import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '@berth/command'
import { type App, places } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clean } from './app/clean.ts'
import { type FakePlatform, startFakePlatform } from './fake-platform.ts'
import { settleLost } from './stages/settle-lost.ts'

let platform: FakePlatform
let shop: App
beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await platform.remove()
})

const serves = (text: string) => ({ Dockerfile: `FROM scratch\nCMD ["serve", "${text}"]` })
const later = (ms: number) => {
  const now = Date.now()
  vi.spyOn(Date, 'now').mockReturnValue(now + ms)
}

describe('cleaning', () => {
  test('keeps the ten newest images of an app and what people named, and removes the rest', async () => {
    for (let version = 1; version <= 12; version += 1) await platform.deployed(shop, serves(`v${version}`))
    platform.engine.images.add('debian:bookworm-slim')
    const before = (await platform.engine.images.list()).length
    await clean(platform.parts())
    expect(await platform.engine.images.list()).toHaveLength(before)
    later(2 * 60 * 60_000)
    await clean(platform.parts())
    const names = (await platform.engine.images.list()).flatMap((image) => image.names)
    expect(names).toHaveLength(11)
    expect(names).toContain('debian:bookworm-slim')
    expect(await platform.answer(shop)).toBe('v12')
  })

  test('is not kept from it by a log that goes meanwhile', async () => {
    const logs = join(places(platform.parts().settings).appLogs, 'some-app')
    await mkdir(logs, { recursive: true })
    // Listed, and not there when it is looked at.
    await symlink('nowhere', join(logs, 'gone.log'))
    await clean(platform.parts())
  })

  test('forgets the private images of teams that are no more', async () => {
    const { images } = platform.engine
    const credentials = { username: 'ann', password: new Secret('word') }
    for (const [scope, user] of [
      [shop.teamId, 'kept'],
      ['a team that is gone', 'gone'],
    ] as const) {
      images.add('made', { user })
      await images.push('made', { name: `ghcr.io/acme/${user}:v1` })
      await images.remove('made')
      await images.pull(`ghcr.io/acme/${user}:v1`, { scope, credentials })
    }
    later(2 * 60 * 60_000)
    await clean(platform.parts())
    expect((await images.list()).map(({ digest }) => digest)).toEqual([
      (await images.resolve('ghcr.io/acme/kept:v1', { scope: shop.teamId })).digest,
    ])
  })

  test('removes the logs of containers that are long gone', async () => {
    await platform.deployed(shop, serves('one'))
    const directory = `${places(platform.settings).appLogs}/${shop.id}`
    await mkdir(directory, { recursive: true })
    await writeFile(`${directory}/gone.log`, 'x')
    await utimes(`${directory}/gone.log`, 0, 0)
    await clean(platform.parts())
    expect(await readdir(directory)).toHaveLength(1)
  })
})

describe('settling', () => {
  test('ends a stage whose job is lost, after a while in which nothing moved', async () => {
    const revision = {
      appId: shop.id,
      commit: 'a'.repeat(40),
      message: '',
      author: '',
      branch: 'main',
      pushedById: null,
    }
    const { id } = await platform.stores.builds.create(
      shop.id,
      (await platform.stores.revisions.create(revision)).id,
    )
    expect(await settleLost(platform.parts())).toBe(0)
    later(120_000)
    expect(await settleLost(platform.parts())).toBe(1)
    expect(await platform.stores.builds.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'WORKER.JOB_LOST' },
    })
    expect((await platform.eventsOf(id)).at(-1)).toMatchObject({ kind: 'ended', outcome: 'failed' })
  })
})

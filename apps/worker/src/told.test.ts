import { readdir, readFile, rm } from 'node:fs/promises'
import { type App, places } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clean } from './app/clean.ts'
import { clearSecretFiles } from './app/clear-secret-files.ts'
import { type FakePlatform, startFakePlatform } from './fake-platform.ts'

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

const serves = (text: string, ...more: string[]) => ({
  Dockerfile: ['FROM scratch', ...more, `CMD ["serve", "${text}"]`].join('\n'),
})

function tell(variables: Record<string, string>, secretFiles: Record<string, string> = {}) {
  return platform.stores.releases.next(shop.id, () => ({
    release: null,
    configuration: { now: { variables, secretFiles }, changedById: null },
  }))
}

describe('a build', () => {
  const lastRequest = () => vi.mocked(platform.engine.build).mock.lastCall?.[0]
  beforeEach(() => void vi.spyOn(platform.engine, 'build'))

  test('is given as arguments what an ARG has the name of, and nothing else', async () => {
    await tell({ COLOR: 'blue', KEY: 'canary', HTTP_PROXY: 'http://proxy' })
    await platform.deployed(shop, serves('one', 'ARG COLOR', 'ARG UNKNOWN=1'))
    expect(lastRequest()?.arguments).toEqual({ COLOR: 'blue', BERTH_REVISION: expect.any(String) })
  })

  test('is given as secrets what a mount may ask for: variables, and files that are texts', async () => {
    const files = { npmrc: Buffer.from('token=ü').toString('base64'), keystore: 'gIGC' }
    await tell({ KEY: 'canary' }, files)
    await platform.deployed(shop, serves('one'))
    const { secrets = {} } = lastRequest() ?? {}
    expect(Object.keys(secrets).sort()).toEqual(['KEY', 'npmrc'])
    expect(secrets.KEY?.reveal()).toBe('canary')
    expect(secrets.npmrc?.reveal()).toBe('token=ü')
  })

  test('of an app without a release does not begin while something that app.json requires is missing', async () => {
    const files = { ...serves('one'), 'app.json': '{"env": {"KEY": {}, "COLOR": "blue"}}' }
    const { build } = await platform.outcome(await platform.push(shop, files))
    expect(build.error).toMatchObject({
      code: 'CONFIGURATION.MISSING',
      hint: expect.stringContaining('KEY=…'),
    })
    expect(platform.engine.build).not.toHaveBeenCalled()
    expect(await platform.stores.configurations.current(shop.id)).toMatchObject({ variables: {} })
    await tell({ KEY: 'set' })
    await platform.deployed(shop, files)
    expect(await platform.stores.configurations.current(shop.id)).toMatchObject({
      variables: { KEY: 'set', COLOR: 'blue' },
    })
  })

  test('after the first release is not held up by what app.json requires', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.deployed(shop, { ...serves('two'), 'app.json': '{"env": {"KEY": {}, "COLOR": "blue"}}' })
    expect(await platform.stores.releases.latest(shop.id)).toMatchObject({ configuration: {} })
  })

  test('makes a release of what is current when it ends, not when it began', async () => {
    vi.mocked(platform.engine.build).mockImplementationOnce(async (...asked) => {
      await tell({ KEY: 'set meanwhile' })
      vi.mocked(platform.engine.build).mockRestore()
      return platform.engine.build(...asked)
    })
    await platform.deployed(shop, serves('one'))
    expect(await platform.stores.releases.latest(shop.id)).toMatchObject({
      configuration: { KEY: 'set meanwhile' },
    })
  })
})

describe('secret files', () => {
  const inMemory = () => readdir(places(platform.settings).secretFiles)
  const content = Buffer.from('canary').toString('base64')

  test('are there for the instances of their release, read-only, and again for the next worker', async () => {
    await tell({}, { 'key.pem': content })
    const create = vi.spyOn(platform.engine.containers, 'create')
    await platform.deployed(shop, serves('one'))
    const [mount, ...more] = create.mock.lastCall?.[0].mounts ?? []
    expect(more).toEqual([])
    expect(mount).toMatchObject({ kind: 'bind', target: '/run/secrets', readOnly: true })
    const source = mount?.kind === 'bind' ? mount.source : ''
    expect(await readFile(`${source}/key.pem`, 'utf8')).toBe('canary')
    await clearSecretFiles(platform.parts())
    expect(await inMemory()).toEqual([`${shop.id}.v1`])
    await platform.stop()
    await rm(source, { recursive: true })
    await platform.start()
    expect(await readFile(`${source}/key.pem`, 'utf8')).toBe('canary')
  })

  test('go with the last container of their release', async () => {
    await tell({}, { 'key.pem': content })
    await platform.deployed(shop, serves('one'))
    await tell({})
    await platform.deployed(shop, serves('two'))
    await vi.waitFor(async () => {
      const releases = (await platform.engine.containers.list()).map(({ labels }) => labels['berth.release'])
      expect(releases).toEqual(['2'])
    })
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now + 60 * 60_000)
    await clearSecretFiles(platform.parts())
    expect(await inMemory()).toEqual([])
  })
})

describe('releases', () => {
  test('that only changed the configuration push no image out of those that are kept', async () => {
    await platform.deployed(shop, serves('one'))
    await platform.deployed(shop, serves('two'))
    const latest = await platform.stores.releases.latest(shop.id)
    if (latest === null) throw new Error('there is a release')
    for (let count = 0; count < 12; count += 1) await platform.stores.releases.create(latest)
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now + 2 * 60 * 60_000)
    await clean(platform.parts())
    expect(await platform.live.availableReleases(shop.id)).toContain(1)
  })

  test('whose images are gone are not among those that can be gone back to', async () => {
    await platform.deployed(shop, serves('one'))
    const gone = await platform.stores.releases.latest(shop.id)
    await platform.deployed(shop, serves('two'))
    expect(await platform.live.availableReleases(shop.id)).toEqual([2, 1])
    await vi.waitFor(() => platform.engine.images.remove(gone?.imageDigest ?? ''))
    expect(await platform.live.availableReleases(shop.id)).toEqual([2])
    const comparison = await platform.live.compareReleases(shop.id, { from: 1, to: 2 })
    expect(comparison).toEqual({ commits: null, files: null })
  })

  test('that are not there are not compared', async () => {
    const comparison = platform.live.compareReleases(shop.id, { from: 1, to: 2 })
    await expect(comparison).rejects.toMatchObject({ code: 'LIVE.NOT_FOUND' })
  })
})

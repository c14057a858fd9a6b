import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TarPart } from '../archive/make-tar.ts'
import {
  acceptPushes,
  type Published,
  publish,
  type ScriptedRegistry,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'

/** An image that others made: in an order and with words that we would not write. */
let foreign: Published
let registry: ScriptedRegistry
let other: ScriptedRegistry
let here: SmallStore
let there: SmallStore
let out: string

const layers: TarPart[][] = [
  [
    { path: 'z', content: 'first by no order of ours' },
    { path: 'a', content: 'x'.repeat(2000), pax: { mtime: '1700000000.5' } },
  ],
  [{ path: 'b', content: 'above' }],
]
const config = {
  ...{ created: '2001-02-03T04:05:06.789Z', 'org.acme.own': [1, 2] },
  history: [
    { created: '2001-02-03T04:05:06.789Z', created_by: 'COPY z' },
    { created: '2001-02-03T04:05:06.789Z', created_by: 'COPY b' },
  ],
}

beforeEach(async () => {
  ;[registry, other] = [await startScriptedRegistry(), await startScriptedRegistry()]
  for (const each of [registry, other]) acceptPushes(each)
  const registries = { plainHttp: [registry.host, other.host] }
  ;[here, there] = [await openSmallStore({ registries }), await openSmallStore({ registries })]
  out = mkdtempSync('/tmp/berth-originals-')
  foreign = publish(registry, layers, { config, manifest: { annotations: { by: 'acme' } } })
})
afterEach(async () => {
  for (const store of [here, there]) await store.close()
  for (const each of [registry, other]) await each.close()
  rmSync(out, { recursive: true })
})

const name = (of: ScriptedRegistry, tag = 'latest') => `${of.host}/acme/app:${tag}`
const configOf = (of: ScriptedRegistry, tag = 'latest'): string =>
  JSON.parse(of.manifests.get(tag)?.content.toString() ?? '{}').config?.digest

describe('an image that was pulled and did not change', () => {
  test('goes back with its own manifest, so that its digest stays', async () => {
    const { digest } = await here.images.pull(name(registry))
    const pushed = await here.images.push(digest, { name: name(registry, 'again') })
    expect(pushed.digest).toBe(foreign.manifest)
    expect((await there.images.pull(name(registry, 'again'))).history).toHaveLength(2)
  })

  test('keeps its id in another registry: its layers are the archives that they were, compressed here', async () => {
    await here.images.pull(name(registry))
    const first = await here.images.push(name(registry), { name: name(other) })
    expect(configOf(other)).toBe(foreign.config)
    await there.images.pull(name(other))
    const second = await there.images.push(name(other), { name: name(registry, 'third') })
    expect(second.digest).toBe(first.digest)
  })

  test('is packed as ours where the outline of its archive is lost or says another thing', async () => {
    await here.images.pull(name(registry))
    const outlines = `${here.home}/layer-outlines`
    const [one = '', two = ''] = readdirSync(outlines)
    writeFileSync(`${outlines}/${one}`, 'damaged')
    rmSync(`${outlines}/${two}`)
    await here.images.push(name(registry), { name: name(other) })
    expect(configOf(other)).not.toBe(foreign.config)
    expect((await there.images.pull(name(other))).config.command).toEqual(['run'])
    expect(readdirSync(outlines)).toEqual([])
  })

  test('has another id with a source date, and as soon as anything of it is another', async () => {
    await here.images.pull(name(registry))
    const dated = { name: name(other), sourceDate: new Date(0) }
    await here.images.push(name(registry), dated)
    expect(configOf(other)).not.toBe(foreign.config)
    const image = await here.images.get(name(registry))
    const changed = await here.images.commit({ ...image.config, user: 'app' }, image.layers, ['changed'])
    await here.images.push(changed.digest, { name: name(other, 'changed') })
    expect(configOf(other, 'changed')).not.toBe(foreign.config)
  })

  test('leaves nothing behind when it goes', async () => {
    await here.images.pull(name(registry))
    await here.images.remove(name(registry))
    for (const folder of ['image-originals', 'layer-outlines', 'pins'])
      expect(readdirSync(`${here.home}/${folder}`)).toEqual([])
  })
})

describe('an archive of an image', () => {
  test('that was pulled or loaded names it by the configuration that it came with', async () => {
    await here.images.pull(name(registry))
    for (const format of ['docker', 'oci'] as const) {
      const path = `${out}/${format}.tar`
      await here.images.exportArchive([name(registry)], path, { format })
      await there.images.importArchive(path)
      await there.images.exportArchive([name(registry)], `${out}/again.tar`)
      expect(await savedConfig(`${out}/again.tar`)).toBe(foreign.config.replace('sha256:', 'blobs/sha256/'))
    }
  })

  test('is the image that it was, when it comes back to it', async () => {
    const built = await here.image('built', layers)
    await here.images.exportArchive(['built'], `${out}/built.tar`)
    await here.images.push('built', { name: name(other) })
    const { digest } = await here.images.pull(name(registry))
    await here.images.exportArchive([digest], `${out}/pulled.tar`)
    expect(await here.images.importArchive(`${out}/built.tar`, ['loaded'])).toEqual([built])
    expect((await here.images.importArchive(`${out}/pulled.tar`)).map((image) => image.digest)).toEqual([
      digest,
    ])
    expect(await here.images.pull(name(other))).toEqual(built)
  })

  test('of an image that was made here is the same, made there', async () => {
    await here.image('built', layers)
    const pushed = await here.images.push('built', { name: name(registry, 'built') })
    await there.images.pull(name(registry, 'built'))
    expect(await there.images.push(name(registry, 'built'), { name: name(other) })).toMatchObject({
      digest: pushed.digest,
    })
  })
})

test('what one scope’s rights have fetched is no other scope’s original', async () => {
  const { digest } = await here.images.pull(name(registry), {
    ...{ scope: 'one', credentials: null },
  })
  const [record = ''] = readdirSync(`${here.home}/image-originals`)
  const path = `${here.home}/image-originals/${record}`
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), scope: 'one' }))
  await here.images.push(digest, { name: name(other, 'two'), scope: 'two' })
  await here.images.push(digest, { name: name(other, 'one'), scope: 'one' })
  expect([configOf(other, 'two') === foreign.config, configOf(other, 'one')]).toEqual([false, foreign.config])
})

test('only so many configurations of one image are kept', async () => {
  for (let second = 10; second < 22; second += 1) {
    publish(registry, layers, { config: { ...config, created: `2001-02-03T04:05:${second}.000Z` } })
    await here.images.pull(name(registry))
  }
  expect(readdirSync(`${here.home}/images`)).toHaveLength(1)
  expect(readdirSync(`${here.home}/image-originals`)).toHaveLength(8)
  await here.images.push(name(registry), { name: name(other) })
  expect(configOf(other)).toBe(configOf(registry))
})

async function savedConfig(path: string): Promise<string> {
  const { stdout } = await localRunner.run(command('tar', '-xOf', path, 'manifest.json'))
  const [{ Config }] = JSON.parse(stdout) as [{ Config: string }]
  const { stdout: bytes } = await localRunner.run(command('tar', '-xOf', path, Config))
  expect(Config).toBe(`blobs/sha256/${createHash('sha256').update(bytes).digest('hex')}`)
  return Config
}

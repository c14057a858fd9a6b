import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { execPath } from 'node:process'
import { localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OverlayFileSystems, openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import { emptyImageConfig } from './image-config.ts'
import { type ImageStore, openImageStore } from './image-store.ts'

let home: string
let fileSystems: OverlayFileSystems
let images: ImageStore
let used: string[]
let cached: string[]

beforeEach(async () => {
  home = mkdtempSync('/tmp/berth-images-')
  used = []
  cached = []
  fileSystems = await openOverlayFileSystems({ home, run: `${home}/run`, commands: localRunner })
  images = await open()
})

afterEach(async () => {
  await fileSystems.close()
  rmSync(home, { recursive: true })
})

function open(): Promise<ImageStore> {
  return openImageStore({
    home,
    fileSystems,
    commands: localRunner,
    imagesInUse: async () => used,
    layersInUse: async () => cached,
  })
}

async function layer(text: string): Promise<string> {
  const upper = `${await fileSystems.temporaryDirectory()}/upper`
  mkdirSync(upper)
  writeFileSync(`${upper}/file`, text)
  return (await fileSystems.seal(upper, null)).id
}

const config = (label: string) => ({ ...emptyImageConfig(), labels: { label } })

describe('an image', () => {
  test('is found by digest, by the beginning of it, and by any spelling of its names', async () => {
    const image = await images.commit(config('a'), [await layer('a')], ['debian', 'ghcr.io/acme/api:v1'])
    const digits = image.digest.slice(7, 19)
    for (const reference of [
      image.digest,
      digits,
      `sha256:${digits}`,
      'docker.io/library/debian:latest',
      'ghcr.io/acme/api:v1',
    ]) {
      expect(await images.get(reference)).toEqual(image)
    }
    expect(await images.find('debian:other')).toBeUndefined()
    expect(await images.find('--help')).toBeUndefined()
    await expect(images.get('nope')).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
  })

  test('is not found by digits with which another begins too', async () => {
    for (const last of ['0', '1']) writeFileSync(`${home}/images/${last.padStart(64, 'a')}.json`, '{}')
    await expect(images.get('a'.repeat(12))).rejects.toMatchObject({ code: 'IMAGE.AMBIGUOUS' })
  })

  test('is the same one when it is made again', async () => {
    const layers = [await layer('a')]
    const first = await images.commit(config('a'), layers, ['a'])
    const second = await images.commit(config('a'), layers, ['b'])
    expect(second).toEqual(first)
    expect(await images.list()).toMatchObject([
      { digest: first.digest, names: ['a:latest', 'b:latest'], sizeBytes: 1 },
    ])
  })

  test('outlives the process', async () => {
    const image = await images.commit(config('a'), [await layer('a')], ['a'])
    expect(await (await open()).get('a')).toEqual(image)
  })

  test('whose record is half written, changed, or without its layers is absent', async () => {
    const half = await images.commit(config('half'), [], ['half'])
    const changed = await images.commit(config('changed'), [], ['changed'])
    const bare = await images.commit(config('bare'), [await layer('x')], ['bare'])
    const path = (digest: string) => `${home}/images/${digest.slice(7)}.json`
    writeFileSync(path(half.digest), readFileSync(path(half.digest), 'utf8').slice(0, 40))
    writeFileSync(
      path(changed.digest),
      readFileSync(path(changed.digest), 'utf8').replace('"changed"', '"evil"'),
    )
    await fileSystems.removeLayer(bare.layers[0] as string)
    for (const name of ['half', 'changed', 'bare']) expect(await images.find(name)).toBeUndefined()
  })
})

describe('names', () => {
  test('move from one image to another', async () => {
    await images.commit(config('a'), [], ['x'])
    const second = await images.commit(config('b'), [], ['y'])
    await images.tag('y', 'x')
    expect((await images.get('x')).digest).toBe(second.digest)
  })

  test('that are none are refused', async () => {
    await images.commit(config('a'), [], ['x'])
    for (const name of ['../../etc/passwd', '-x', 'A', 'x\0']) {
      await expect(images.tag('x', name)).rejects.toMatchObject({ code: 'IMAGE.INVALID_NAME' })
    }
  })

  test('go one by one, and the image with the last', async () => {
    const image = await images.commit(config('a'), [await layer('a')], ['x', 'y'])
    await images.remove('x')
    expect(await images.find('x')).toBeUndefined()
    expect((await images.get('y')).digest).toBe(image.digest)
    await images.remove('y')
    expect(await images.find(image.digest)).toBeUndefined()
    expect(await fileSystems.layers()).toEqual([])
    await expect(images.remove('y')).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
  })
})

describe('removing', () => {
  test('an image that a container uses is refused; another of its names may go', async () => {
    const image = await images.commit(config('a'), [await layer('a')], ['x', 'y'])
    used = [image.digest]
    await images.remove('x')
    await expect(images.remove('y')).rejects.toMatchObject({ code: 'IMAGE.IN_USE' })
    await expect(images.remove(image.digest)).rejects.toMatchObject({ code: 'IMAGE.IN_USE' })
    expect(await images.get('y')).toEqual(image)
  })

  test('leaves layers that others stand on', async () => {
    const shared = await layer('shared')
    await images.commit(config('a'), [shared, await layer('own')], ['a'])
    await images.commit(config('b'), [shared], ['b'])
    await images.remove('a')
    expect((await fileSystems.layers()).map(({ id }) => id)).toEqual([shared])
  })

  test('waits for nobody for long: what is busy is left to the next prune', async () => {
    const image = await images.commit(config('a'), [await layer('a')], ['a'])
    await images.withStoreLock('shared', () => images.remove('a'))
    expect(await images.find('a')).toBeUndefined()
    expect(await images.find(image.digest)).toBeDefined()
    expect(await images.prune([])).toMatchObject({ images: 1, bytes: 1 })
  })
})

describe('pruning', () => {
  test('keeps what has a name, is used, is kept or cached, and nothing else', async () => {
    const named = await images.commit(config('named'), [await layer('1')], ['named'])
    const inUse = await images.commit(config('used'), [await layer('2')], [])
    const kept = await images.commit(config('kept'), [await layer('3')], [])
    await images.commit(config('gone'), [await layer('12345')], [])
    const cache = await layer('cache')
    await layer('123')
    used = [inUse.digest]
    cached = [cache]
    expect(await images.prune([kept.digest])).toMatchObject({ images: 1, bytes: 8 })
    expect((await images.list()).map(({ digest }) => digest).sort()).toEqual(
      [named.digest, inUse.digest, kept.digest].sort(),
    )
    expect(await fileSystems.layers()).toHaveLength(4)
    expect(await images.prune([kept.digest])).toMatchObject({ images: 0, bytes: 0 })
  })

  test('touches no layer while a record cannot be read: nobody knows what it needs', async () => {
    const image = await images.commit(config('a'), [await layer('a')], ['a'])
    writeFileSync(`${home}/images/${image.digest.slice(7)}.json`, '{"a newer":"Berth"}')
    expect(await images.prune([])).toMatchObject({ images: 0, bytes: 0 })
    expect(await fileSystems.layers()).toHaveLength(1)
  })

  test('waits for builds, and gives up with a code', async () => {
    await images.withStoreLock('shared', async () => {
      const exclusive = images.withStoreLock('exclusive', async () => undefined, { timeoutMs: 50 })
      await expect(exclusive).rejects.toMatchObject({ code: 'STORE.BUSY', retryable: true })
    })
  })

  test('waits for another process’s work, and a killed process holds nothing up', async () => {
    const module = new URL('./store-lock.ts', import.meta.url)
    const script = `const { storeLock } = await import('${module}')
      await storeLock('${home}/store.lock')('shared', () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)) })`
    const holder = localRunner.start({
      argv: [execPath, '--input-type=module', '--eval', script],
      cwd: new URL('../..', import.meta.url).pathname,
    })
    await new Promise((resolve) => holder.stdout?.once('data', resolve))
    const busy = images.withStoreLock('exclusive', async () => undefined, { timeoutMs: 50 })
    await expect(busy).rejects.toMatchObject({ code: 'STORE.BUSY' })
    holder.kill('SIGKILL')
    expect(await images.prune([])).toMatchObject({ images: 0, bytes: 0 })
  })
})

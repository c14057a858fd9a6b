import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'
import { emptyImageConfig } from './image-config.ts'

let store: SmallStore
let cached: string[]
let used: string[]

beforeEach(async () => {
  cached = []
  used = []
  store = await openSmallStore({ layersInUse: async () => cached, imagesInUse: async () => used })
})
afterEach(() => store.close())

const part = (bytes: number) => [{ path: `f${bytes}`, content: 'x'.repeat(bytes) }]

describe('a history', () => {
  test('is told newest first, each layer with its size', async () => {
    const layers = [await store.layer(part(10)), await store.layer(part(200))]
    const entry = (createdBy: string, emptyLayer: boolean, createdAt: Date | null) => ({
      ...{ createdBy, comment: '', emptyLayer, createdAt },
    })
    const image = await store.images.commit(
      emptyImageConfig(),
      layers,
      ['a'],
      [entry('ADD', false, new Date(1000)), entry('ENV', true, null), entry('RUN', false, null)],
    )
    expect(await store.images.history('a')).toEqual([
      { createdBy: 'RUN', comment: '', createdAt: image.createdAt, sizeBytes: 200, layer: layers[1] },
      { createdBy: 'ENV', comment: '', createdAt: image.createdAt, sizeBytes: 0, layer: null },
      { createdBy: 'ADD', comment: '', createdAt: new Date(1000), sizeBytes: 10, layer: layers[0] },
    ])
  })

  test('that does not fit the layers gives way to the layers', async () => {
    const layers = [await store.layer(part(10))]
    const lie = { createdBy: 'x', comment: '', emptyLayer: false, createdAt: null }
    await store.images.commit(emptyImageConfig(), layers, ['a'], [lie, lie, lie])
    expect(await store.images.history('a')).toMatchObject([
      { createdBy: '', sizeBytes: 10, layer: layers[0] },
    ])
  })
})

test('an inspection has Docker’s names for things', async () => {
  const image = await store.image('acme/api:v1', [part(10)], { env: { A: '1' }, exposedPorts: ['80/tcp'] })
  expect(await store.images.inspect('acme/api:v1')).toMatchObject({
    Id: image.digest,
    RepoTags: ['acme/api:v1'],
    RepoDigests: [],
    Size: 10,
    Config: { Env: ['A=1'], ExposedPorts: { '80/tcp': {} }, WorkingDir: '/' },
    Layers: [{ Size: 10 }],
  })
})

describe('usage', () => {
  test('tells shared from own, the cache and what nobody needs', async () => {
    const [shared, one, two] = [
      await store.layer(part(1000)),
      await store.layer(part(10)),
      await store.layer(part(20)),
    ]
    await store.images.commit(emptyImageConfig(), [shared, one], ['one'])
    await store.images.commit(emptyImageConfig(), [shared, two], ['two'])
    cached = [await store.layer(part(300)), one]
    await store.layer(part(4000))
    mkdirSync(`${store.home}/downloads`, { recursive: true })
    writeFileSync(`${store.home}/downloads/x.part`, 'x'.repeat(77))
    const usage = await store.images.usage()
    expect(
      usage.images.map(({ names, sizeBytes, uniqueBytes }) => ({ names, sizeBytes, uniqueBytes })),
    ).toEqual(
      expect.arrayContaining([
        { names: ['one:latest'], sizeBytes: 1010, uniqueBytes: 10 },
        { names: ['two:latest'], sizeBytes: 1020, uniqueBytes: 20 },
      ]),
    )
    expect(usage).toMatchObject({ buildCacheBytes: 300, cacheMountBytes: 0, downloadBytes: 77 })
    expect(usage.layers.sharedBytes).toBe(1000)
  })
})

describe('a prune', () => {
  test('says beforehand what it would take, and takes exactly that', async () => {
    const kept = await store.image('kept', [part(10)])
    const inUse = await store.image('in-use', [part(20)])
    await store.image('gone', [part(30)])
    used = [inUse.digest]
    const gone = await store.images.get('gone')
    await store.images.withStoreLock('shared', async () => {
      // A name that moves on leaves its image behind; nothing is removed while the lock is held.
      await store.images.commit({ ...emptyImageConfig(), user: 'x' }, [], ['gone', 'in-use'])
    })
    expect(await store.images.find(gone.digest)).toBeDefined()
    const before = await store.fileSystems.layers()
    const dry = await store.images.prune([], { dryRun: true })
    expect(await store.fileSystems.layers()).toEqual(before)
    expect(await store.images.prune([])).toEqual(dry)
    expect(dry.digests).not.toContain(kept.digest)
    expect(dry.digests).not.toContain(inUse.digest)
    expect(await store.images.prune([], { dryRun: true })).toMatchObject({ images: 0, bytes: 0, layers: [] })
  })

  test('forgets what it knew of layers that went', async () => {
    await store.image('a', [part(10)])
    await store.images.exportArchive(['a'], `${store.home}/a.tar`)
    expect(readdirSync(`${store.home}/layer-blobs`)).toHaveLength(1)
    await store.images.remove('a')
    expect([readdirSync(`${store.home}/layer-blobs`), readdirSync(`${store.home}/layer-digests`)]).toEqual([
      [],
      [],
    ])
  })

  test('forgets what it knew of layers that a killed process removed', async () => {
    const { layers } = await store.image('a', [part(10)])
    await store.images.exportArchive(['a'], `${store.home}/a.tar`)
    await store.images.importArchive(`${store.home}/a.tar`)
    const folders = ['layer-blobs', 'layer-digests'].map((name) => `${store.home}/${name}`)
    await store.fileSystems.removeLayer(layers[0] ?? '')
    await store.images.prune([])
    for (const folder of folders) expect(readdirSync(folder)).toEqual([])
  })

  test('clears pulls that nobody took up again, and no younger ones', async () => {
    const directory = `${store.home}/pulls`
    mkdirSync(directory, { recursive: true })
    for (const name of ['old.part', 'young.part', 'x.lock']) writeFileSync(`${directory}/${name}`, 'x')
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000)
    utimesSync(`${directory}/old.part`, twoDaysAgo, twoDaysAgo)
    await store.images.prune([], { dryRun: true })
    expect(readdirSync(directory)).toHaveLength(3)
    await store.images.prune([])
    expect(readdirSync(directory)).toEqual(['young.part'])
  })
})

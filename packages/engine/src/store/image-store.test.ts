import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { execPath } from 'node:process'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { type OverlayFileSystems, openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import { mountsUnder } from '../system/mount-table.ts'
import { emptyImageConfig, hostArchitecture } from './image-config.ts'
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

function archive(content: Buffer): string {
  const path = `${home}/archive-${readdirSync(home).length}.tar`
  writeFileSync(path, content)
  return path
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

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

describe('a root file system', () => {
  const parts: TarPart[] = [
    { path: './', type: '5', mode: 0o755 },
    { path: './bin/sh', content: '#!', mode: 0o755 },
    { path: './dev/null', type: '3' },
  ]

  test.each([
    ['plain', (tar: Buffer) => tar],
    ['gzip', (tar: Buffer) => gzipSync(tar)],
    [
      'gzip in two members',
      (tar: Buffer) => Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]),
    ],
    ['zstd', (tar: Buffer) => zstdCompressSync(tar)],
  ])('%s becomes an image of one layer', async (_what, compress) => {
    const image = await images.importRootfs(archive(compress(makeTar(parts))), 'root', { command: ['sh'] })
    expect(image.config).toEqual({ ...emptyImageConfig(), command: ['sh'] })
    const [id = ''] = image.layers
    expect(readFileSync(`${fileSystems.layerPath(id)}/bin/sh`, 'utf8')).toBe('#!')
    expect(await images.get('root:latest')).toEqual(image)
  })

  test.each([['xz'], ['bzip2']])('%s too', async (program) => {
    const path = archive(makeTar(parts))
    await localRunner.run(command(program, '--', path))
    const packed = `${path}.${program === 'xz' ? 'xz' : 'bz2'}`
    expect((await images.importRootfs(packed, 'root')).layers).toHaveLength(1)
  })

  test.each([
    ['a cut gzip', gzipSync(makeTar([{ path: 'a', content: 'x'.repeat(9_000) }])).subarray(0, 40)],
    ['a cut zstd', zstdCompressSync(makeTar([{ path: 'a', content: 'x'.repeat(9_000) }])).subarray(0, 30)],
    ['a damaged gzip', Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.alloc(500, 7)])],
    ['a damaged zstd', Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.alloc(500, 7)])],
    ['a damaged xz', Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(500, 7)])],
    ['text', Buffer.from('no archive at all'.repeat(100))],
  ])('that is %s is refused, and nothing of it stays', async (_what, bytes) => {
    await expect(images.importRootfs(archive(bytes), 'root')).rejects.toMatchObject({
      code: 'ARCHIVE.INVALID',
    })
    expect([await images.list(), await fileSystems.layers()]).toEqual([[], []])
    expect(readdirSync(`${home}/scratch`).filter((name) => !name.endsWith('.lock'))).toHaveLength(1)
    for (const own of readdirSync(`${home}/scratch`)) {
      if (!own.endsWith('.lock')) expect(readdirSync(`${home}/scratch/${own}`)).toEqual([])
    }
  })

  test('under a bad name is refused before anything is read', async () => {
    await expect(images.importRootfs('/nowhere', 'Bad Name')).rejects.toMatchObject({
      code: 'IMAGE.INVALID_NAME',
    })
  })
})

// ------------------------------------------------------------------------------------------------ archives of images

const low = makeTar([
  { path: 'etc/a', content: 'low' },
  { path: 'etc/b', content: 'low' },
])
const high = makeTar([{ path: 'etc/.wh.a' }, { path: 'etc/c', content: 'high' }])

function ociConfig(changes: object = {}): string {
  return JSON.stringify({
    architecture: hostArchitecture,
    os: 'linux',
    config: { Cmd: ['run'], Env: ['A=1'] },
    rootfs: { type: 'layers', diff_ids: [low, high].map((tar) => `sha256:${sha256(tar)}`) },
    ...changes,
  })
}

function dockerSave(config: string, changes: { layers?: TarPart[]; configPath?: string } = {}): Buffer {
  const configPath = changes.configPath ?? `${sha256(config)}.json`
  const manifest = [
    { Config: configPath, RepoTags: ['acme/api:v1', 'Not A Name'], Layers: ['1/layer.tar', '2/layer.tar'] },
  ]
  return makeTar([
    { path: configPath, content: config },
    ...(changes.layers ?? [
      { path: '1/layer.tar', content: low },
      { path: '2/layer.tar', content: high },
    ]),
    { path: 'manifest.json', content: JSON.stringify(manifest) },
  ])
}

function blob(content: Buffer | string): TarPart {
  return { path: `blobs/sha256/${sha256(content)}`, content }
}

function descriptor(content: Buffer | string, changes: object = {}) {
  return { digest: `sha256:${sha256(content)}`, size: Buffer.byteLength(content), ...changes }
}

function ociLayout(changes: { top?: (manifest: string) => object[]; blobs?: TarPart[] } = {}): Buffer {
  const config = ociConfig()
  const layers = [gzipSync(low), zstdCompressSync(high)]
  const manifest = JSON.stringify({
    config: descriptor(config),
    layers: layers.map((layer) => descriptor(layer)),
  })
  const name = { annotations: { 'org.opencontainers.image.ref.name': 'ghcr.io/acme/api:v2' } }
  const manifests = changes.top?.(manifest) ?? [descriptor(manifest, name)]
  return makeTar([
    { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { path: 'index.json', content: JSON.stringify({ manifests }) },
    ...[config, manifest, ...layers].map(blob),
    ...(changes.blobs ?? []),
  ])
}

async function merged(reference: string): Promise<string[]> {
  const { layers } = await images.get(reference)
  const root = await fileSystems.mount({
    layers,
    directory: await fileSystems.temporaryDirectory(),
    range: null,
  })
  const names = readdirSync(`${root.root}/etc`)
  root.unmount()
  return names
}

describe('the programs of an image', () => {
  const script = (path: string, mode = 0o755): TarPart => ({ path, content: '#!', mode })
  const link = (path: string, linkTarget: string): TarPart => ({ path, type: '2', linkTarget })
  const has = async (name: string, parts: TarPart[], config = {}) => {
    await images.importRootfs(archive(makeTar(parts)), 'made', config)
    return images.hasProgram('made', name)
  }

  test.each<[string, TarPart[], object, boolean]>([
    ['a file', [script('bin/sh')], {}, true],
    ['one that nobody may execute', [script('bin/sh', 0o644)], {}, false],
    ['a directory', [{ path: 'bin/sh/', type: '5', mode: 0o755 }], {}, false],
    ['a link to another', [script('bin/busybox'), link('bin/sh', '/bin/busybox')], {}, true],
    ['behind a link', [script('usr/bin/sh'), link('bin', 'usr/bin')], {}, true],
    ['a link that leads out, and nowhere inside', [link('bin/sh', '../../../../../../bin/sh')], {}, false],
    ['a link to itself', [link('bin/sh', 'sh')], {}, false],
    ['a path through a file', [script('bin')], {}, false],
    ['off the PATH', [script('bin/sh')], { env: { PATH: '/opt/bin' } }, false],
    ['on a PATH of its own', [script('opt/bin/sh')], { env: { PATH: '/bin:/opt/bin' } }, true],
    ['on a relative PATH', [script('app/bin/sh')], { env: { PATH: 'bin' }, workingDirectory: '/app' }, true],
    ['in an image without files', [], {}, false],
  ])('%s', async (_what, parts, config, expected) => {
    expect(await has('sh', parts, config)).toBe(expected)
  })

  test('that a layer above deletes is none', async () => {
    const low = await images.importRootfs(archive(makeTar([script('bin/sh'), script('bin/ls')])), 'low')
    const high = await images.importRootfs(archive(makeTar([script('bin/.wh.sh', 0)])), 'high')
    await images.commit(config('both'), [...low.layers, ...high.layers], ['both'])
    expect(await images.hasProgram('both', 'sh')).toBe(false)
    expect(await images.hasProgram('both', 'ls')).toBe(true)
    expect(mountsUnder(home)).toEqual([])
  })
})

describe('an archive of docker save', () => {
  test('becomes its images, under those of its names that are names', async () => {
    const [image] = await images.importArchive(archive(dockerSave(ociConfig())))
    expect(image?.config).toMatchObject({ command: ['run'], env: { A: '1' } })
    expect(await merged('acme/api:v1')).toEqual(['b', 'c'])
    expect((await images.list())[0]?.names).toEqual(['acme/api:v1'])
  })

  test('may be compressed, be given other names, and name one layer by a link to another', async () => {
    const config = ociConfig({ rootfs: { diff_ids: [low, low].map((tar) => `sha256:${sha256(tar)}`) } })
    const layers = [
      { path: '1/layer.tar', content: low },
      { path: '2/layer.tar', type: '2', linkTarget: '../1/layer.tar' },
    ]
    const [image] = await images.importArchive(archive(gzipSync(dockerSave(config, { layers }))), ['mine'])
    expect((await images.get('mine')).digest).toBe(image?.digest)
    expect(await images.find('acme/api:v1')).toBeUndefined()
    expect(new Set(image?.layers).size).toBe(1)
  })

  test('shares layers with what was imported before', async () => {
    await images.importArchive(archive(dockerSave(ociConfig())))
    await images.importArchive(archive(dockerSave(ociConfig({ config: { Cmd: ['other'] } }))), ['other'])
    expect(await fileSystems.layers()).toHaveLength(2)
  })
})

describe('an OCI layout', () => {
  test('becomes its image, layers in any compression', async () => {
    await images.importArchive(archive(ociLayout()))
    expect(await merged('ghcr.io/acme/api:v2')).toEqual(['b', 'c'])
  })

  test('for several machines gives the image for this one', async () => {
    let index = ''
    const top = (manifest: string) => {
      index = JSON.stringify({
        manifests: [
          { ...descriptor('elsewhere'), platform: { os: 'linux', architecture: 's390x' } },
          { ...descriptor(manifest), platform: { os: 'linux', architecture: hostArchitecture } },
          { ...descriptor('attestation'), platform: { os: 'unknown', architecture: 'unknown' } },
        ],
      })
      return [descriptor(index, { annotations: { 'io.containerd.image.name': 'docker.io/acme/many:1' } })]
    }
    ociLayout({ top })
    await images.importArchive(archive(ociLayout({ top, blobs: [blob(index)] })))
    expect(await merged('acme/many:1')).toEqual(['b', 'c'])
  })
})

describe('an archive that is not what it says', () => {
  const outside = '/etc/hostname'
  const cases: [string, () => Buffer, string][] = [
    [
      'whose configuration is not its digest',
      () => dockerSave(ociConfig(), { configPath: `${'0'.repeat(64)}.json` }),
      'IMAGE.DIGEST_MISMATCH',
    ],
    [
      'whose layer is not its diff id',
      () =>
        dockerSave(ociConfig(), {
          layers: [
            { path: '1/layer.tar', content: high },
            { path: '2/layer.tar', content: high },
          ],
        }),
      'IMAGE.DIGEST_MISMATCH',
    ],
    ['that lacks a layer', () => dockerSave(ociConfig(), { layers: [] }), 'IMAGE.INVALID_ARCHIVE'],
    [
      'whose layer is a link out',
      () =>
        dockerSave(ociConfig(), {
          layers: ['1', '2'].map((name) => ({ path: `${name}/layer.tar`, type: '2', linkTarget: outside })),
        }),
      'IMAGE.INVALID_ARCHIVE',
    ],
    [
      'whose configuration lies outside',
      () => dockerSave(ociConfig(), { configPath: '../../../etc/passwd' }),
      'ARCHIVE.UNSAFE_PATH',
    ],
    [
      'with more layers than diff ids',
      () => dockerSave(ociConfig({ rootfs: { diff_ids: [] } })),
      'IMAGE.INVALID_ARCHIVE',
    ],
    ['for another machine', () => dockerSave(ociConfig({ architecture: 's390x' })), 'IMAGE.WRONG_PLATFORM'],
    ['for another system', () => dockerSave(ociConfig({ os: 'windows' })), 'IMAGE.WRONG_PLATFORM'],
    ['whose configuration is no object', () => dockerSave('[]'), 'IMAGE.INVALID_ARCHIVE'],
    [
      'whose values hold a NUL',
      () => dockerSave(ociConfig({ config: { User: 'a\0b' } })),
      'IMAGE.INVALID_ARCHIVE',
    ],
    ['with neither manifest', () => makeTar([{ path: 'hello', content: 'x' }]), 'IMAGE.INVALID_ARCHIVE'],
    [
      'whose manifest is a directory',
      () => makeTar([{ path: 'manifest.json', type: '5' }]),
      'IMAGE.INVALID_ARCHIVE',
    ],
    [
      'whose manifest is no JSON',
      () => makeTar([{ path: 'manifest.json', content: '{' }]),
      'IMAGE.INVALID_ARCHIVE',
    ],
    [
      'of no image',
      () => makeTar([{ path: 'index.json', content: '{"manifests":[]}' }]),
      'IMAGE.INVALID_ARCHIVE',
    ],
    [
      'whose manifest is not its digest',
      () => ociLayout({ top: (manifest) => [{ ...descriptor(manifest), size: 5 }] }),
      'IMAGE.DIGEST_MISMATCH',
    ],
  ]
  test.each(cases)('%s is refused, and nothing of it stays', async (_what, bytes, code) => {
    await expect(images.importArchive(archive(bytes()))).rejects.toMatchObject({ code })
    expect(await images.list()).toEqual([])
  })

  test('an index that holds itself ends', async () => {
    // An index cannot hold its own digest; five that hold one another are as deep as it gets.
    let inner = JSON.stringify({ manifests: [descriptor('x')] })
    const blobs: TarPart[] = []
    for (let depth = 0; depth < 6; depth += 1) {
      blobs.push(blob(inner))
      inner = JSON.stringify({ manifests: [descriptor(inner)] })
    }
    const path = archive(makeTar([{ path: 'index.json', content: inner }, ...blobs]))
    await expect(images.importArchive(path)).rejects.toMatchObject({ code: 'IMAGE.INVALID_ARCHIVE' })
  })
})

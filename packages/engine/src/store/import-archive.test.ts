import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'
import { hostArchitecture } from './image-config.ts'
import { withRoot } from './with-root.ts'

let store: SmallStore

beforeEach(async () => {
  store = await openSmallStore()
})
afterEach(() => store.close())

function archive(content: Buffer): string {
  const path = `${store.home}/archive-${readdirSync(store.home).length}.tar`
  writeFileSync(path, content)
  return path
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

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
  const { layers } = await store.images.get(reference)
  return withRoot(store.fileSystems, layers, (root) => readdirSync(`${root}/etc`))
}

describe('an archive of docker save', () => {
  test('becomes its images, under those of its names that are names', async () => {
    const [image] = await store.images.importArchive(archive(dockerSave(ociConfig())))
    expect(image?.config).toMatchObject({ command: ['run'], env: { A: '1' } })
    expect(await merged('acme/api:v1')).toEqual(['b', 'c'])
    expect((await store.images.list())[0]?.names).toEqual(['acme/api:v1'])
  })

  test('may be compressed, be given other names, and name one layer by a link to another', async () => {
    const config = ociConfig({ rootfs: { diff_ids: [low, low].map((tar) => `sha256:${sha256(tar)}`) } })
    const layers = [
      { path: '1/layer.tar', content: low },
      { path: '2/layer.tar', type: '2', linkTarget: '../1/layer.tar' },
    ]
    const [image] = await store.images.importArchive(archive(gzipSync(dockerSave(config, { layers }))), [
      'mine',
    ])
    expect((await store.images.get('mine')).digest).toBe(image?.digest)
    expect(await store.images.find('acme/api:v1')).toBeUndefined()
    expect(new Set(image?.layers).size).toBe(1)
  })

  test('shares layers with what was imported before', async () => {
    await store.images.importArchive(archive(dockerSave(ociConfig())))
    await store.images.importArchive(archive(dockerSave(ociConfig({ config: { Cmd: ['other'] } }))), [
      'other',
    ])
    expect(await store.fileSystems.layers()).toHaveLength(2)
  })
})

describe('an OCI layout', () => {
  test('becomes its image, layers in any compression', async () => {
    await store.images.importArchive(archive(ociLayout()))
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
    await store.images.importArchive(archive(ociLayout({ top, blobs: [blob(index)] })))
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
    [
      'whose configuration is at a NUL',
      () => dockerSave(ociConfig(), { configPath: 'a\0b' }),
      'IMAGE.INVALID_ARCHIVE',
    ],
    [
      'whose configuration is at a path without end',
      () => dockerSave(ociConfig(), { configPath: 'a'.repeat(3000) }),
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
    await expect(store.images.importArchive(archive(bytes()))).rejects.toMatchObject({ code })
    expect(await store.images.list()).toEqual([])
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
    await expect(store.images.importArchive(path)).rejects.toMatchObject({ code: 'IMAGE.INVALID_ARCHIVE' })
  })
})

import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TarPart } from '../archive/make-tar.ts'
import type { ImageConfig } from '../engine.ts'
import { mount, unmount } from '../system/syscalls.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'

let here: SmallStore
let there: SmallStore
let out: string

beforeEach(async () => {
  here = await openSmallStore()
  there = await openSmallStore()
  out = mkdtempSync('/tmp/berth-export-')
})
afterEach(async () => {
  await here.close()
  await there.close()
  rmSync(out, { recursive: true })
})

const low: TarPart[] = [
  { path: 'etc/', type: '5', mode: 0o755 },
  { path: 'etc/a', content: 'low', uid: 1000, gid: 2000, mode: 0o4755 },
  { path: 'etc/b', content: 'low' },
  { path: 'dir/', type: '5', mode: 0o700 },
  { path: 'dir/file', content: 'hidden' },
]
const high: TarPart[] = [
  { path: 'etc/.wh.b' },
  { path: 'etc/c', content: 'high' },
  { path: 'dir/', type: '5' },
  { path: 'dir/.wh..wh..opq' },
  { path: 'link', type: '2', linkTarget: '/etc/c' },
]
const config: Partial<ImageConfig> = {
  entrypoint: ['/bin/app'],
  command: ['serve', '--port', '80'],
  env: { PATH: '/bin', EMPTY: '', B: 'x=y' },
  workingDirectory: '/srv',
  user: 'app:extra',
  exposedPorts: ['53/udp', '80/tcp'],
  volumes: ['/data'],
  labels: { 'org.acme': 'yes' },
  stopSignal: 'SIGINT',
  healthcheck: {
    test: ['CMD', 'true'],
    ...{ intervalMs: 1500, timeoutMs: 0, startPeriodMs: 10, startIntervalMs: 0, retries: 3 },
  },
  shell: ['/bin/bash', '-c'],
  onBuild: ['RUN true'],
}

/** Every file of a tree with what makes it what it is. */
function treeOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, uid, gid, size, rdev } = lstatSync(`${path}/${name}`)
      const content = lstatSync(`${path}/${name}`).isFile() ? readFileSync(`${path}/${name}`, 'utf8') : ''
      return [
        name,
        mode,
        uid,
        gid,
        lstatSync(`${path}/${name}`).isDirectory() ? 0 : size,
        rdev,
        content,
      ].join(' ')
    })
}

describe.each([
  ['docker', 'none'],
  ['docker', 'gzip'],
  ['oci', 'gzip'],
  ['oci', 'zstd'],
] as const)('an archive in the form of %s, layers %s', (format, compression) => {
  test('brings the image to another store: configuration, history and the tree of each layer', async () => {
    const layers = [await here.layer(low), await here.layer(high)]
    const history = [
      { createdBy: 'ADD rootfs', comment: 'c', author: 'me', emptyLayer: false, createdAt: new Date(1000) },
      { createdBy: 'ENV a=b', comment: '', emptyLayer: true, createdAt: null },
      { createdBy: 'RUN x', comment: '', emptyLayer: false, createdAt: new Date(2000) },
    ]
    const plain = await here.image('plain', [], config)
    const image = await here.images.commit(plain.config, layers, ['acme/api:v1'], history)
    await here.images.exportArchive(['acme/api:v1'], `${out}/x.tar`, { format, compression })
    const [came] = await there.images.importArchive(`${out}/x.tar`)
    expect(came?.config).toEqual(image.config)
    expect(came?.history?.map(({ createdAt: _createdAt, ...rest }) => rest)).toEqual(
      history.map(({ createdAt: _createdAt, ...rest }) => rest),
    )
    expect(came?.history?.[1]?.createdAt).toEqual(image.createdAt)
    expect((await there.images.list()).find(({ digest }) => digest === came?.digest)?.names).toEqual([
      'acme/api:v1',
    ])
    for (const [index, id] of (came?.layers ?? []).entries()) {
      expect(treeOf(there.fileSystems.layerPath(id))).toEqual(
        treeOf(here.fileSystems.layerPath(layers[index] as string)),
      )
    }
  })
})

test('the same image is the same archive in any store, with a source date', async () => {
  const sourceDate = new Date('2024-01-01T00:00:00Z')
  const digests: string[] = []
  for (const store of [here, there]) {
    await store.image('same', [low, high], config)
    await store.images.exportArchive(['same'], `${out}/x.tar`, {
      sourceDate,
      format: 'oci',
      compression: 'zstd',
    })
    digests.push(
      createHash('sha256')
        .update(readFileSync(`${out}/x.tar`))
        .digest('hex'),
    )
  }
  expect(digests[0]).toBe(digests[1])
})

test('several images share the blobs that they share', async () => {
  const first = await here.image('one', [low, high])
  await here.images.commit(
    { ...first.config, user: 'other' },
    [...first.layers, first.layers[0] as string],
    ['two'],
  )
  await here.images.exportArchive(['one', 'two', first.digest], `${out}/x.tar`)
  const { stdout } = await localRunner.run(command('tar', '-tf', `${out}/x.tar`))
  const names = stdout.trimEnd().split('\n')
  expect(new Set(names).size).toBe(names.length)
  // Two layers, two configurations, two manifests.
  expect(names.filter((name) => name.startsWith('blobs/'))).toHaveLength(6)
  const came = await there.images.importArchive(`${out}/x.tar`)
  expect(came).toHaveLength(2)
})

test('taken in where it came from, it is the image that is there', async () => {
  const image = await here.image('one', [low, high], config)
  await here.images.exportArchive(['one'], `${out}/x.tar`)
  const [came] = await here.images.importArchive(`${out}/x.tar`, ['again'])
  expect(came?.layers).toEqual(image.layers)
})

test('skopeo reads both forms, and what it writes is read', async () => {
  await here.image('acme/api:v1', [low, high], config)
  for (const format of ['docker', 'oci'] as const) {
    const path = `${out}/${format}.tar`
    await here.images.exportArchive(['acme/api:v1'], path, { format })
    const from = format === 'docker' ? `docker-archive:${path}` : `oci-archive:${path}`
    const insecure = ['--insecure-policy', 'copy', '-q']
    const copied = await localRunner.run(
      command('skopeo', ...insecure, from, `oci-archive:${out}/${format}-copy.tar:acme/api:v2`),
    )
    expect(copied.status).toBe(0)
    const [came] = await there.images.importArchive(`${out}/${format}-copy.tar`, ['came'])
    const sent = (await here.images.get('acme/api:v1')).config
    // What Docker added to the specification, skopeo leaves out where it makes one of the other.
    const unknown = format === 'docker' ? { healthcheck: null, onBuild: [], shell: null } : {}
    expect(came?.config).toEqual({ ...sent, ...unknown })
  }
}, 30_000)

describe('a root file system', () => {
  test('leaves as a container sees it', async () => {
    await here.image('one', [low, high], config)
    await here.images.exportRootfs('one', `${out}/root.tar`)
    const { stdout } = await localRunner.run(command('tar', '-tf', `${out}/root.tar`))
    expect(stdout.trimEnd().split('\n')).toEqual(['./', 'dir/', 'etc/', 'etc/a', 'etc/c', 'link'])
    const came = await there.images.importRootfs(`${out}/root.tar`, 'came')
    expect(lstatSync(`${there.fileSystems.layerPath(came.layers[0] as string)}/etc/a`)).toMatchObject({
      uid: 1000,
      gid: 2000,
    })
  })

  test('comes in as a stream', async () => {
    await here.image('one', [low])
    await here.images.exportRootfs('one', `${out}/root.tar`)
    const bytes = readFileSync(`${out}/root.tar`)
    const pieces = async function* () {
      for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700)
    }
    const came = await there.images.importRootfs(pieces(), 'came', { command: ['x'] })
    expect(came.config.command).toEqual(['x'])
    expect(readFileSync(`${there.fileSystems.layerPath(came.layers[0] as string)}/etc/b`, 'utf8')).toBe('low')
  })
})

describe('a file that cannot be written', () => {
  test('because the disk is full leaves nothing', async () => {
    const small = `${out}/small`
    mkdirSync(small)
    mount({ source: 'berth-test', target: small, type: 'tmpfs', data: 'size=64k' })
    try {
      await here.image('large', [[{ path: 'large', content: Buffer.alloc(200_000, 1) }]])
      await expect(here.images.exportArchive(['large'], `${small}/x.tar`)).rejects.toMatchObject({
        code: 'ARCHIVE.NOT_WRITTEN',
        message: expect.stringContaining('the disk is full'),
      })
      expect(readdirSync(small)).toEqual([])
    } finally {
      unmount(small)
    }
  })

  test('because its directory is missing is named', async () => {
    await here.image('one', [low])
    await expect(here.images.exportRootfs('one', `${out}/no/x.tar`)).rejects.toMatchObject({
      code: 'ARCHIVE.NOT_WRITTEN',
    })
  })

  test('because it was broken off leaves what was there', async () => {
    await here.image('one', [low])
    await here.images.exportArchive(['one'], `${out}/x.tar`)
    const before = readFileSync(`${out}/x.tar`)
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(here.images.exportArchive(['one'], `${out}/x.tar`, { signal })).rejects.toBe(reason)
    expect(readFileSync(`${out}/x.tar`).equals(before)).toBe(true)
    expect(existsSync(`${out}/x.tar.partial`)).toBe(false)
  })
})

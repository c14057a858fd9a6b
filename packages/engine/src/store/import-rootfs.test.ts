import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'
import { emptyImageConfig } from './image-config.ts'

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
    const image = await store.images.importRootfs(archive(compress(makeTar(parts))), 'root', {
      command: ['sh'],
    })
    expect(image.config).toEqual({ ...emptyImageConfig(), command: ['sh'] })
    const [id = ''] = image.layers
    expect(readFileSync(`${store.fileSystems.layerPath(id)}/bin/sh`, 'utf8')).toBe('#!')
    expect(await store.images.get('root:latest')).toEqual(image)
  })

  test.each([['xz'], ['bzip2']])('%s too', async (program) => {
    const path = archive(makeTar(parts))
    await localRunner.run(command(program, '--', path))
    const packed = `${path}.${program === 'xz' ? 'xz' : 'bz2'}`
    expect((await store.images.importRootfs(packed, 'root')).layers).toHaveLength(1)
  })

  test.each([
    ['a cut gzip', gzipSync(makeTar([{ path: 'a', content: 'x'.repeat(9_000) }])).subarray(0, 40)],
    ['a cut zstd', zstdCompressSync(makeTar([{ path: 'a', content: 'x'.repeat(9_000) }])).subarray(0, 30)],
    ['a damaged gzip', Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.alloc(500, 7)])],
    ['a damaged zstd', Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.alloc(500, 7)])],
    ['a damaged xz', Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(500, 7)])],
    ['text', Buffer.from('no archive at all'.repeat(100))],
  ])('that is %s is refused, and nothing of it stays', async (_what, bytes) => {
    await expect(store.images.importRootfs(archive(bytes), 'root')).rejects.toMatchObject({
      code: 'ARCHIVE.INVALID',
    })
    expect([await store.images.list(), await store.fileSystems.layers()]).toEqual([[], []])
    expect(readdirSync(`${store.home}/scratch`).filter((name) => !name.endsWith('.lock'))).toHaveLength(1)
    for (const own of readdirSync(`${store.home}/scratch`)) {
      if (!own.endsWith('.lock')) expect(readdirSync(`${store.home}/scratch/${own}`)).toEqual([])
    }
  })

  test('under a bad name is refused before anything is read', async () => {
    await expect(store.images.importRootfs('/nowhere', 'Bad Name')).rejects.toMatchObject({
      code: 'IMAGE.INVALID_NAME',
    })
  })
})

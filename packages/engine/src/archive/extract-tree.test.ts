import { mkdir, readdir, readFile, readlink, stat, symlink } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { getAttribute, mount, unmount } from '../system/syscalls.ts'
import { unpackingPlace } from '../testing/unpacking-place.ts'
import { extractTree } from './extract-tree.ts'
import { makeTar, tarStream } from './make-tar.ts'

const place = unpackingPlace()

describe('what is refused', () => {
  test.each([
    ['..', [{ path: '../x' }], 'ARCHIVE.UNSAFE_PATH'],
    ['.. in a hard link', [{ path: 'x', type: '1', linkTarget: '../y' }], 'ARCHIVE.UNSAFE_PATH'],
    ['a file as the top', [{ path: './', type: '2', linkTarget: 'x' }], 'ARCHIVE.UNSAFE_PATH'],
    ['a sparse file', [{ path: 'x', pax: { 'GNU.sparse.major': '1' } }], 'ARCHIVE.INVALID'],
    ['a cut end', [{ path: 'x', content: 'a', sizeBytes: 5_000 }], 'ARCHIVE.INVALID'],
  ])('%s', async (_name, parts, code) => {
    await expect(place.extract(parts)).rejects.toMatchObject({ code })
  })

  test('more entries than the limit', async () => {
    const parts = Array.from({ length: 20 }, (_, index) => ({ path: `${index}` }))
    await expect(place.extract(parts, { limits: { entries: 10 } })).rejects.toMatchObject({
      code: 'ARCHIVE.TOO_LARGE',
    })
  })

  test('more bytes than the limit, before they are written', async () => {
    const parts = [{ path: 'big', content: 'x', pax: { size: '2000000' } }]
    const limits = { bytes: 1_000_000 }
    await expect(place.extract(parts, { limits })).rejects.toMatchObject({ code: 'ARCHIVE.TOO_LARGE' })
    expect(await readdir(place.directory)).toEqual([])
  })

  test('more than the disk has room for', async () => {
    mount({ source: 'tmpfs', target: place.directory, type: 'tmpfs', data: 'size=64k' })
    try {
      await expect(
        place.extract([{ path: 'a', content: Buffer.alloc(256 * 1024, 'x').toString() }]),
      ).rejects.toMatchObject({ code: 'ARCHIVE.NO_SPACE' })
    } finally {
      unmount(place.directory)
    }
  })

  test('a stream without end after the end of the archive', async () => {
    async function* endless() {
      yield makeTar([{ path: 'a' }])
      for (;;) yield Buffer.alloc(65_536)
    }
    const limits = { bytes: 10_000_000 }
    await expect(extractTree(endless(), place.directory, { limits })).rejects.toMatchObject({
      code: 'ARCHIVE.TOO_LARGE',
    })
  })

  test('an extended header without end', async () => {
    async function* endless() {
      yield makeTar([{ path: 'x', type: 'x', sizeBytes: 2 ** 32 }]).subarray(0, 512)
      for (;;) yield Buffer.alloc(65_536)
    }
    await expect(extractTree(endless(), place.directory)).rejects.toMatchObject({ code: 'ARCHIVE.TOO_LARGE' })
  })

  test('a damaged header', async () => {
    const bytes = makeTar([{ path: 'a', content: 'x' }])
    bytes[3] = 0x78
    async function* damaged() {
      yield bytes
    }
    await expect(extractTree(damaged(), place.directory)).rejects.toMatchObject({ code: 'ARCHIVE.INVALID' })
  })

  test('text instead of an archive', async () => {
    async function* text() {
      yield Buffer.from('hello '.repeat(500))
    }
    await expect(extractTree(text(), place.directory)).rejects.toMatchObject({ code: 'ARCHIVE.INVALID' })
  })

  test('an aborted signal, with its reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(place.extract([{ path: 'a' }], { signal })).rejects.toThrow('enough')
  })
})

describe('what is kept', () => {
  test('content, modes with set-id bits, owners and times', async () => {
    await place.extract([
      { path: 'd/', type: '5', mode: 0o1777, uid: 3, gid: 4, modifiedSeconds: 1_234_567_890 },
      { path: 'd/su', content: 'x'.repeat(5_000), mode: 0o4755, uid: 5, gid: 6, modifiedSeconds: 1_000 },
    ])
    const file = await stat(`${place.directory}/d/su`)
    expect([file.mode & 0o7777, file.uid, file.gid, file.mtimeMs, file.size]).toEqual([
      0o4755, 5, 6, 1_000_000, 5_000,
    ])
    const parent = await stat(`${place.directory}/d`)
    expect([parent.mode & 0o7777, parent.uid, parent.gid, parent.mtimeMs]).toEqual([
      0o1777, 3, 4, 1_234_567_890_000,
    ])
  })

  test('file capabilities, also those whose bytes are no text; not the attributes of overlayfs', async () => {
    const capability = Buffer.from('0100000280000000000000000000000000000000', 'hex')
    const pax = {
      'SCHILY.xattr.security.capability': capability,
      'SCHILY.xattr.user.note': 'kept',
      'SCHILY.xattr.trusted.overlay.opaque': 'y',
      'SCHILY.xattr.user.overlay.opaque': 'y',
    }
    await place.extract([{ path: 'f', content: 'x', mode: 0o755, pax }])
    expect(getAttribute(`${place.directory}/f`, 'security.capability')).toEqual(capability)
    expect(getAttribute(`${place.directory}/f`, 'user.note')?.toString()).toBe('kept')
    expect(getAttribute(`${place.directory}/f`, 'trusted.overlay.opaque')).toBeNull()
    expect(getAttribute(`${place.directory}/f`, 'user.overlay.opaque')).toBeNull()
  })

  test('links, hard links and pipes; devices are left out', async () => {
    await place.extract([
      { path: 'usr/bin/a', content: 'a' },
      { path: 'bin', type: '2', linkTarget: '/usr/bin' },
      { path: 'bin/b', content: 'b' },
      { path: 'usr/bin/c', type: '1', linkTarget: 'bin/a' },
      { path: 'pipe', type: '6', mode: 0o622 },
      { path: 'zero', type: '3' },
    ])
    expect(await readlink(`${place.directory}/bin`)).toBe('/usr/bin')
    expect(await readFile(`${place.directory}/usr/bin/b`, 'utf8')).toBe('b')
    expect((await stat(`${place.directory}/usr/bin/c`)).nlink).toBe(2)
    expect((await stat(`${place.directory}/pipe`)).isFIFO()).toBe(true)
    expect((await readdir(place.directory)).sort()).toEqual(['bin', 'pipe', 'usr'])
  })

  test('the last of several entries of one path, whatever kind each is', async () => {
    await place.extract([
      { path: 'a', type: '5' },
      { path: 'a/inside', content: '1' },
      { path: 'a', content: 'file' },
      { path: 'a', type: '2', linkTarget: 'elsewhere' },
      { path: 'a', content: 'last' },
    ])
    expect(await readFile(`${place.directory}/a`, 'utf8')).toBe('last')
  })

  test('a long UTF-8 name', async () => {
    const name = 'é'.repeat(120)
    await place.extract([{ path: 'x', content: 'x', pax: { path: name } }])
    expect(await readdir(place.directory)).toEqual([name])
  })

  test('owners that no container could have become nobody', async () => {
    await place.extract([{ path: 'f', uid: 197_609, gid: 70_000 }])
    const { uid, gid } = await stat(`${place.directory}/f`)
    expect([uid, gid]).toEqual([65_534, 65_534])
  })

  test('the given owner instead of the archive’s', async () => {
    await place.extract([{ path: 'd/f', uid: 7 }], { owner: { uid: 1000, gid: 1001 } })
    const owners = await Promise.all(['d', 'd/f'].map((path) => stat(`${place.directory}/${path}`)))
    expect(owners.map(({ uid, gid }) => [uid, gid])).toEqual([
      [0, 0],
      [1000, 1001],
    ])
  })

  test('links of the tree around it lead inside that tree', async () => {
    await mkdir(`${place.directory}/app`)
    await mkdir(`${place.directory}/outside`)
    await symlink('/outside', `${place.directory}/app/link`)
    await extractTree(tarStream([{ path: 'link/f', content: 'x' }]), `${place.directory}/app`, {
      root: place.directory,
    })
    expect(await readdir(`${place.directory}/outside`)).toEqual(['f'])
    expect(await readdir(place.outside)).toEqual(['canary', 'd'])
  })
})

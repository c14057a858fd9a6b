import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { getAttribute, mount, unmount } from '../system/syscalls.ts'
import { type ExtractOptions, extractTree } from './extract-tree.ts'
import { makeTar, type TarPart, tarStream } from './make-tar.ts'

let base: string
let directory: string
let outside: string

beforeEach(async () => {
  base = await mkdtemp('/tmp/berth-extract-')
  directory = `${base}/tree`
  outside = `${base}/outside`
  await mkdir(directory)
  await mkdir(`${outside}/d`, { recursive: true })
  await writeFile(`${outside}/canary`, 'untouched', { mode: 0o640 })
  await writeFile(`${outside}/d/canary`, 'untouched', { mode: 0o640 })
})

afterEach(async () => {
  await rm(base, { recursive: true, force: true })
})

function extract(parts: readonly TarPart[], options: ExtractOptions = {}) {
  return extractTree(tarStream(parts), directory, options)
}

/** Everything outside the tree that an archive could have touched. */
async function picture(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const inner = `${path}/${entry.name}`
      const { mode, uid, nlink, mtimeMs } = await lstat(inner)
      const own = [
        inner,
        mode,
        uid,
        nlink,
        mtimeMs,
        entry.isFile() ? await readFile(inner, 'utf8') : '',
      ].join(' ')
      return entry.isDirectory() ? [own, ...(await picture(inner))] : [own]
    }),
  )
  const { mode, uid, mtimeMs } = await lstat(path)
  return [`${path} ${mode} ${uid} ${mtimeMs}`, ...lines.flat().sort()]
}

const evil = { content: 'evil', mode: 0o4777 }

/** Archives that try to get out, or to do harm where they are. Each ends one way or the other; nothing outside changes. */
const hostile: Record<string, (outside: string) => TarPart[]> = {
  'an absolute path': (outside) => [{ path: `${outside}/canary`, ...evil }],
  'a path with .. at its beginning': () => [{ path: '../outside/canary', ...evil }],
  'a path with .. in its middle': () => [{ path: 'a/../../outside/canary', ...evil }],
  'a path with .. that stays inside': () => [{ path: 'a/../b', ...evil }],
  'a path that is ..': () => [{ path: '..', type: '5', mode: 0o777 }],
  'a path that is /..': () => [{ path: '/..', type: '5', mode: 0o777 }],
  'a long name with ..': () => [{ path: 'x', ...evil, pax: { path: '../outside/canary' } }],
  'a GNU long name with ..': () => [
    { path: '././@LongLink', type: 'L', content: '../outside/canary\0' },
    { path: 'x', ...evil },
  ],
  'a file through an absolute link': (outside) => [
    { path: 'a', type: '2', linkTarget: outside },
    { path: 'a/canary', ...evil },
  ],
  'a file through a relative link': () => [
    { path: 'a', type: '2', linkTarget: '../outside' },
    { path: 'a/canary', ...evil },
  ],
  'a file through a chain of links': () => [
    { path: 'a', type: '2', linkTarget: '..' },
    { path: 'b', type: '2', linkTarget: 'a/outside' },
    { path: 'b/canary', ...evil },
  ],
  'a file onto a link': (outside) => [
    { path: 'a', type: '2', linkTarget: `${outside}/canary` },
    { path: 'a', ...evil },
  ],
  'a directory onto a link': (outside) => [
    { path: 'a', type: '2', linkTarget: outside },
    { path: 'a', type: '5', mode: 0o777, uid: 1000 },
  ],
  'a directory replaced by a link, then written through': (outside) => [
    { path: 'd', type: '5' },
    { path: 'd/x', content: 'x' },
    { path: 'd', type: '2', linkTarget: outside },
    { path: 'd/canary', ...evil },
  ],
  'a directory whose time is set after its parent became a link': (outside) => [
    { path: 'p', type: '5' },
    { path: 'p/d', type: '5', modifiedSeconds: 1 },
    { path: 'p', type: '2', linkTarget: outside },
  ],
  'a hard link to an absolute path': (outside) => [
    { path: 'h', type: '1', linkTarget: `${outside}/canary` },
    { path: 'h', ...evil },
  ],
  'a hard link with ..': () => [{ path: 'h', type: '1', linkTarget: '../outside/canary' }],
  'a hard link through a link': (outside) => [
    { path: 'a', type: '2', linkTarget: outside },
    { path: 'h', type: '1', linkTarget: 'a/canary' },
  ],
  'a hard link to a link, then written': (outside) => [
    { path: 'a', type: '2', linkTarget: `${outside}/canary` },
    { path: 'h', type: '1', linkTarget: 'a' },
    { path: 'h', ...evil },
  ],
  'a hard link to a link, with a mode': (outside) => [
    { path: 'a', type: '2', linkTarget: `${outside}/canary` },
    { path: 'h', type: '1', linkTarget: 'a', mode: 0o4777, uid: 1000 },
  ],
  'a hard link to a directory': () => [
    { path: 'd', type: '5' },
    { path: 'h', type: '1', linkTarget: 'd' },
  ],
  'a hard link to the top': () => [{ path: 'h', type: '1', linkTarget: '/' }],
  'a link with a mode and an owner': (outside) => [
    { path: 'a', type: '2', linkTarget: `${outside}/canary`, mode: 0o4777, uid: 1000 },
  ],
  'links that lead to each other': () => [
    { path: 'a', type: '2', linkTarget: 'b' },
    { path: 'b', type: '2', linkTarget: 'a' },
    { path: 'a/x', ...evil },
  ],
  'a link to itself': () => [
    { path: 'a', type: '2', linkTarget: 'a' },
    { path: 'a/x/y', ...evil },
  ],
  'an empty link': () => [{ path: 'a', type: '2', linkTarget: '' }],
  'a file in the place of the top': () => [{ path: '.', ...evil }],
  'a link in the place of the top': (outside) => [
    { path: './', type: '2', linkTarget: outside },
    { path: 'canary', ...evil },
  ],
  'a pipe through a link': (outside) => [
    { path: 'a', type: '2', linkTarget: outside },
    { path: 'a/pipe', type: '6' },
  ],
  'a whiteout through a link': (outside) => [
    { path: 'a', type: '2', linkTarget: outside },
    { path: 'a/.wh.canary', content: '' },
  ],
  'an opaque whiteout through a link': (outside) => [
    { path: 'a', type: '2', linkTarget: outside },
    { path: 'a/.wh..wh..opq', content: '' },
  ],
  'a whiteout of ..': () => [{ path: 'a/.wh...', content: '' }],
  'a whiteout of nothing': () => [{ path: '.wh.', content: '' }],
  'a device with a number': () => [{ path: 'disk', type: '4', mode: 0o666 }],
  'a character device': () => [{ path: 'null', type: '3', mode: 0o666 }],
  'a NUL in a long name': () => [{ path: 'x', ...evil, pax: { path: 'a\0/../../outside/canary' } }],
  'an attribute that steers overlayfs': () => [
    { path: 'd', type: '5', pax: { 'SCHILY.xattr.trusted.overlay.redirect': '/../../outside' } },
  ],
  'a path longer than the kernel takes': () => [{ path: 'x', ...evil, pax: { path: 'a/'.repeat(3000) } }],
  'a name longer than the kernel takes': () => [{ path: 'x', ...evil, pax: { path: 'a'.repeat(300) } }],
  'a tree deeper than anyone needs': () => [{ path: 'x', ...evil, pax: { path: `${'a/'.repeat(300)}b` } }],
  'a file where a directory must be': () => [
    { path: 'a', content: 'x' },
    { path: 'a/b', ...evil },
  ],
  'a size that is negative': () => [{ path: 'x', pax: { size: '-1' } }],
  'a size that is huge': () => [{ path: 'x', pax: { size: '9999999999999999' } }],
  'an unknown kind': () => [{ path: 'x', type: 'S', content: 'x' }],
  'a file beyond the end': () => [{ path: 'x', content: 'short', sizeBytes: 1_000_000 }],
  'a directory with content that looks like a header': () => [
    { path: 'd', type: '5', sizeBytes: 1024 },
    { path: '../outside/canary', ...evil },
  ],
  'names that are not UTF-8': () => [{ path: 'x', pax: { path: Buffer.from([0x61, 0xff]) } }],
}

describe.each(Object.entries(hostile))('%s', (_name, parts) => {
  test.each(['literal', 'layer'] as const)('touches nothing outside (%s)', async (whiteouts) => {
    const before = await picture(outside)
    const result = await extract(parts(outside), { whiteouts }).catch((error) => error)
    expect(await picture(outside)).toEqual(before)
    if (result instanceof Error)
      expect(result).toHaveProperty('code', expect.stringMatching(/^(ARCHIVE|FILE)\./))
    for (const path of await everything(directory)) {
      const found = await lstat(path)
      expect(found.isBlockDevice()).toBe(false)
      if (found.isFile()) expect(found.nlink).toBeLessThan(3)
    }
  })
})

async function everything(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries.map((entry) => `${entry.parentPath}/${entry.name}`)
}

describe('what is refused', () => {
  test.each([
    ['..', [{ path: '../x' }], 'ARCHIVE.UNSAFE_PATH'],
    ['.. in a hard link', [{ path: 'x', type: '1', linkTarget: '../y' }], 'ARCHIVE.UNSAFE_PATH'],
    ['a file as the top', [{ path: './', type: '2', linkTarget: 'x' }], 'ARCHIVE.UNSAFE_PATH'],
    ['a sparse file', [{ path: 'x', pax: { 'GNU.sparse.major': '1' } }], 'ARCHIVE.INVALID'],
    ['a cut end', [{ path: 'x', content: 'a', sizeBytes: 5_000 }], 'ARCHIVE.INVALID'],
  ])('%s', async (_name, parts, code) => {
    await expect(extract(parts)).rejects.toMatchObject({ code })
  })

  test('more entries than the limit', async () => {
    const parts = Array.from({ length: 20 }, (_, index) => ({ path: `${index}` }))
    await expect(extract(parts, { limits: { entries: 10 } })).rejects.toMatchObject({
      code: 'ARCHIVE.TOO_LARGE',
    })
  })

  test('more bytes than the limit, before they are written', async () => {
    const parts = [{ path: 'big', content: 'x', pax: { size: '2000000' } }]
    const limits = { bytes: 1_000_000 }
    await expect(extract(parts, { limits })).rejects.toMatchObject({ code: 'ARCHIVE.TOO_LARGE' })
    expect(await readdir(directory)).toEqual([])
  })

  test('more than the disk has room for', async () => {
    mount({ source: 'tmpfs', target: directory, type: 'tmpfs', data: 'size=64k' })
    try {
      await expect(
        extract([{ path: 'a', content: Buffer.alloc(256 * 1024, 'x').toString() }]),
      ).rejects.toMatchObject({ code: 'ARCHIVE.NO_SPACE' })
    } finally {
      unmount(directory)
    }
  })

  test('a stream without end after the end of the archive', async () => {
    async function* endless() {
      yield makeTar([{ path: 'a' }])
      for (;;) yield Buffer.alloc(65_536)
    }
    const limits = { bytes: 10_000_000 }
    await expect(extractTree(endless(), directory, { limits })).rejects.toMatchObject({
      code: 'ARCHIVE.TOO_LARGE',
    })
  })

  test('an extended header without end', async () => {
    async function* endless() {
      yield makeTar([{ path: 'x', type: 'x', sizeBytes: 2 ** 32 }]).subarray(0, 512)
      for (;;) yield Buffer.alloc(65_536)
    }
    await expect(extractTree(endless(), directory)).rejects.toMatchObject({ code: 'ARCHIVE.TOO_LARGE' })
  })

  test('a damaged header', async () => {
    const bytes = makeTar([{ path: 'a', content: 'x' }])
    bytes[3] = 0x78
    async function* damaged() {
      yield bytes
    }
    await expect(extractTree(damaged(), directory)).rejects.toMatchObject({ code: 'ARCHIVE.INVALID' })
  })

  test('text instead of an archive', async () => {
    async function* text() {
      yield Buffer.from('hello '.repeat(500))
    }
    await expect(extractTree(text(), directory)).rejects.toMatchObject({ code: 'ARCHIVE.INVALID' })
  })

  test('an aborted signal, with its reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(extract([{ path: 'a' }], { signal })).rejects.toThrow('enough')
  })
})

describe('what is kept', () => {
  test('content, modes with set-id bits, owners and times', async () => {
    await extract([
      { path: 'd/', type: '5', mode: 0o1777, uid: 3, gid: 4, modifiedSeconds: 1_234_567_890 },
      { path: 'd/su', content: 'x'.repeat(5_000), mode: 0o4755, uid: 5, gid: 6, modifiedSeconds: 1_000 },
    ])
    const file = await stat(`${directory}/d/su`)
    expect([file.mode & 0o7777, file.uid, file.gid, file.mtimeMs, file.size]).toEqual([
      0o4755, 5, 6, 1_000_000, 5_000,
    ])
    const parent = await stat(`${directory}/d`)
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
    await extract([{ path: 'f', content: 'x', mode: 0o755, pax }])
    expect(getAttribute(`${directory}/f`, 'security.capability')).toEqual(capability)
    expect(getAttribute(`${directory}/f`, 'user.note')?.toString()).toBe('kept')
    expect(getAttribute(`${directory}/f`, 'trusted.overlay.opaque')).toBeNull()
    expect(getAttribute(`${directory}/f`, 'user.overlay.opaque')).toBeNull()
  })

  test('links, hard links and pipes; devices are left out', async () => {
    await extract([
      { path: 'usr/bin/a', content: 'a' },
      { path: 'bin', type: '2', linkTarget: '/usr/bin' },
      { path: 'bin/b', content: 'b' },
      { path: 'usr/bin/c', type: '1', linkTarget: 'bin/a' },
      { path: 'pipe', type: '6', mode: 0o622 },
      { path: 'zero', type: '3' },
    ])
    expect(await readlink(`${directory}/bin`)).toBe('/usr/bin')
    expect(await readFile(`${directory}/usr/bin/b`, 'utf8')).toBe('b')
    expect((await stat(`${directory}/usr/bin/c`)).nlink).toBe(2)
    expect((await stat(`${directory}/pipe`)).isFIFO()).toBe(true)
    expect((await readdir(directory)).sort()).toEqual(['bin', 'pipe', 'usr'])
  })

  test('the last of several entries of one path, whatever kind each is', async () => {
    await extract([
      { path: 'a', type: '5' },
      { path: 'a/inside', content: '1' },
      { path: 'a', content: 'file' },
      { path: 'a', type: '2', linkTarget: 'elsewhere' },
      { path: 'a', content: 'last' },
    ])
    expect(await readFile(`${directory}/a`, 'utf8')).toBe('last')
  })

  test('a long UTF-8 name', async () => {
    const name = 'é'.repeat(120)
    await extract([{ path: 'x', content: 'x', pax: { path: name } }])
    expect(await readdir(directory)).toEqual([name])
  })

  test('owners that no container could have become nobody', async () => {
    await extract([{ path: 'f', uid: 197_609, gid: 70_000 }])
    const { uid, gid } = await stat(`${directory}/f`)
    expect([uid, gid]).toEqual([65_534, 65_534])
  })

  test('the given owner instead of the archive’s', async () => {
    await extract([{ path: 'd/f', uid: 7 }], { owner: { uid: 1000, gid: 1001 } })
    const owners = await Promise.all(['d', 'd/f'].map((path) => stat(`${directory}/${path}`)))
    expect(owners.map(({ uid, gid }) => [uid, gid])).toEqual([
      [0, 0],
      [1000, 1001],
    ])
  })

  test('links of the tree around it lead inside that tree', async () => {
    await mkdir(`${directory}/app`)
    await mkdir(`${directory}/outside`)
    await symlink('/outside', `${directory}/app/link`)
    await extractTree(tarStream([{ path: 'link/f', content: 'x' }]), `${directory}/app`, { root: directory })
    expect(await readdir(`${directory}/outside`)).toEqual(['f'])
    expect(await readdir(outside)).toEqual(['canary', 'd'])
  })
})

describe('a layer', () => {
  const layer = { whiteouts: 'layer' } as const
  const opaque = (path: string) =>
    getAttribute(`${directory}/${path}`, 'trusted.overlay.opaque')?.toString() ?? null
  const isWhiteout = async (path: string) => {
    const found = await lstat(`${directory}/${path}`)
    return found.isCharacterDevice() && found.rdev === 0
  }

  test('says what is deleted as overlayfs does', async () => {
    await extract(
      [{ path: 'etc/.wh.motd' }, { path: 'var/.wh..wh..opq' }, { path: 'var/new', content: 'x' }],
      layer,
    )
    expect(await isWhiteout('etc/motd')).toBe(true)
    expect(opaque('var')).toBe('y')
    expect((await readdir(directory, { recursive: true })).sort()).toEqual([
      'etc',
      'etc/motd',
      'var',
      'var/new',
    ])
  })

  test('that deletes and makes a directory again hides what was in it', async () => {
    await extract(
      [{ path: '.wh.a' }, { path: 'a/', type: '5' }, { path: '.wh.b' }, { path: 'b/c', content: 'x' }],
      layer,
    )
    expect([opaque('a'), opaque('b')]).toEqual(['y', 'y'])
  })

  test('deletes only what lies below it', async () => {
    await extract(
      [{ path: 'f', content: 'new' }, { path: '.wh.f' }, { path: 'd/x', content: 'x' }, { path: '.wh.d' }],
      layer,
    )
    expect(await readFile(`${directory}/f`, 'utf8')).toBe('new')
    expect([opaque('d'), await readdir(`${directory}/d`)]).toEqual(['y', ['x']])
  })

  test('cannot bring a device that would be taken for a deletion', async () => {
    await extract([{ path: 'etc/passwd', type: '3' }], layer)
    expect(await readdir(directory)).toEqual([])
  })

  test('in an archive that is no layer is a file like any other', async () => {
    await extract([{ path: '.wh.a', content: 'x' }])
    expect(await readdir(directory)).toEqual(['.wh.a'])
  })
})

import { lstat, readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { unpackingPlace } from '../testing/unpacking-place.ts'
import type { TarPart } from './make-tar.ts'

const place = unpackingPlace()

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
    const before = await picture(place.outside)
    const result = await place.extract(parts(place.outside), { whiteouts }).catch((error) => error)
    expect(await picture(place.outside)).toEqual(before)
    if (result instanceof Error)
      expect(result).toHaveProperty('code', expect.stringMatching(/^(ARCHIVE|FILE)\./))
    for (const path of await everything(place.directory)) {
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

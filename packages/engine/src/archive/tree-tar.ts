import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs'
import { systemError } from '../system/errors.ts'
import { getAttribute, listAttributes } from '../system/syscalls.ts'
import { encodeHeader, type OutgoingEntry, paddingFor } from './encode-header.ts'
import { tarPieces } from './tar-pieces.ts'
import { deletion, opaquePath, whiteoutPath, whiteoutPrefix } from './whiteout.ts'

/**
 * A directory as a tar, the same bytes for the same tree on any machine. A directory stands before what is in it, and
 * names in one directory stand in the order of their bytes; times are whole seconds; the top's own time is left out,
 * because it says when the tree was unpacked. Sockets and devices are left out. Nothing follows a link.
 *
 * `layer`: the tree is an overlayfs upper directory and becomes a layer of the image specification: whiteouts and opaque
 * directories by name. A file that is itself called `.wh.…` would be read as one, so it is left out.
 *
 * Memory: one piece of about 1 MiB, the names of the directories on the way down, and the files with several links.
 * The tree must not change meanwhile.
 *
 * @throws LAYER.INVALID where overlayfs has used what a layer must not hold (redirects, metadata-only copies)
 */
export type TreeTarOptions = {
  layer: boolean
  /** Later modification times become this one. */
  sourceDate?: Date | null
  signal?: AbortSignal
}

const pieceBytes = 1024 * 1024

export function treeTar(root: string, options: TreeTarOptions): AsyncGenerator<Buffer> {
  return tarPieces(blocks(root, options), options.signal)
}

/** Paths below the root are strings of bytes (latin1), so that names that are not UTF-8 stay what they are. */
type Walk = TreeTarOptions & { root: Buffer; linked: Map<string, Buffer>; latestSeconds: number }

function* blocks(root: string, options: TreeTarOptions): Generator<Buffer> {
  const latestSeconds = Math.floor((options.sourceDate?.getTime() ?? Number.POSITIVE_INFINITY) / 1000)
  const walk: Walk = { ...options, root: Buffer.from(`${root}/`), linked: new Map(), latestSeconds }
  const ahead = ['']
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const stats = lstatSync(absolute(walk, path))
    yield* entry(walk, path, stats)
    if (!stats.isDirectory()) continue
    const prefix = path === '' ? '' : `${path}/`
    for (const name of namesIn(walk, path).reverse()) ahead.push(prefix + name)
  }
}

function namesIn(walk: Walk, path: string): string[] {
  const names = readdirSync(absolute(walk, path), { encoding: 'buffer' }).map((name) =>
    name.toString('latin1'),
  )
  // By UTF-16 units, which are the bytes here.
  return names.filter((name) => !(walk.layer && name.startsWith(whiteoutPrefix))).sort()
}

function* entry(walk: Walk, path: string, stats: Stats): Generator<Buffer> {
  if (stats.isDirectory()) return yield* directory(walk, path, stats)
  if (stats.isCharacterDevice() && stats.rdev === 0 && walk.layer) return yield deletedAt(whiteoutPath(path))
  const first = walk.linked.get(inode(stats))
  if (first !== undefined) {
    yield encodeHeader({ ...common(walk, path, stats), kind: 'hard-link', linkTarget: first, attributes: [] })
    return
  }
  if (stats.isFile()) yield* file(walk, path, stats)
  else if (stats.isSymbolicLink()) yield symbolicLink(walk, path, stats)
  else if (stats.isFIFO()) yield encodeHeader({ ...common(walk, path, stats), kind: 'fifo' })
  else return
  if (stats.nlink > 1) walk.linked.set(inode(stats), Buffer.from(path, 'latin1'))
}

function* directory(walk: Walk, path: string, stats: Stats): Generator<Buffer> {
  const { opaque, attributes } = attributesOf(walk, path)
  const own = common(walk, path, stats)
  if (path === '')
    yield encodeHeader({ ...own, kind: 'directory', path: Buffer.from('./'), modifiedSeconds: 0, attributes })
  else yield encodeHeader({ ...own, kind: 'directory', path: Buffer.from(`${path}/`, 'latin1'), attributes })
  if (opaque && walk.layer) yield deletedAt(opaquePath(path))
}

function deletedAt(path: string): Buffer {
  return encodeHeader({ ...deletion, path: Buffer.from(path, 'latin1') })
}

function symbolicLink(walk: Walk, path: string, stats: Stats): Buffer {
  const linkTarget = readlinkSync(absolute(walk, path), { encoding: 'buffer' })
  return encodeHeader({ ...common(walk, path, stats), kind: 'link', mode: 0o777, linkTarget })
}

function* file(walk: Walk, path: string, stats: Stats): Generator<Buffer> {
  const { attributes } = attributesOf(walk, path)
  yield encodeHeader({ ...common(walk, path, stats), kind: 'file', sizeBytes: stats.size, attributes })
  if (stats.size === 0) return
  const descriptor = openSync(
    absolute(walk, path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  )
  try {
    if (inode(fstatSync(descriptor)) !== inode(stats)) throw changed(path)
    for (let left = stats.size; left > 0; ) {
      const piece = Buffer.allocUnsafe(Math.min(left, pieceBytes))
      const count = readSync(descriptor, piece)
      if (count === 0) throw changed(path)
      left -= count
      yield piece.subarray(0, count)
    }
  } finally {
    closeSync(descriptor)
  }
  yield paddingFor(stats.size)
}

function common(walk: Walk, path: string, stats: Stats): Omit<OutgoingEntry, 'kind'> {
  const { mode, uid, gid } = stats
  const modifiedSeconds = Math.min(Math.floor(stats.mtimeMs / 1000), walk.latestSeconds)
  return { path: Buffer.from(path, 'latin1'), mode, uid, gid, modifiedSeconds, sizeBytes: 0 }
}

/** What an archive may bring in may go out: capabilities, and a user's own. See accepted-attributes.ts. */
function attributesOf(walk: Walk, path: string): { opaque: boolean; attributes: [string, Buffer][] } {
  const target = absolute(walk, path)
  const names = listAttributes(target)
  for (const name of names) if (tied.has(name)) throw tiedToLower(path, name)
  const attributes: [string, Buffer][] = []
  for (const name of names.filter(leaves).sort()) {
    const value = getAttribute(target, name)
    if (value !== null) attributes.push([name, value])
  }
  const opaque = names.includes(opaqueAttribute) && getAttribute(target, opaqueAttribute)?.toString() === 'y'
  return { opaque, attributes }
}

const opaqueAttribute = 'trusted.overlay.opaque'
const tied: ReadonlySet<string> = new Set(['trusted.overlay.redirect', 'trusted.overlay.metacopy'])

function leaves(name: string): boolean {
  return (
    name === 'security.capability' ||
    (/^user\.[\x21-\x7e]+$/.test(name) && !name.startsWith('user.overlay.') && !name.includes('='))
  )
}

function absolute(walk: Walk, path: string): Buffer {
  return Buffer.concat([walk.root, Buffer.from(path, 'latin1')])
}

function inode(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`
}

function changed(path: string) {
  return systemError['LAYER.INVALID']({ path, reason: 'it changed while it was read' })
}

function tiedToLower(path: string, attribute: string) {
  return systemError['LAYER.INVALID']({ path, reason: `it has ${attribute}, which means nothing elsewhere` })
}

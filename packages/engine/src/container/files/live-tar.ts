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
import { encodeHeader, endOfTar, type OutgoingEntry, paddingFor } from '../../archive/encode-header.ts'
import { tarPieces } from '../../archive/tar-pieces.ts'
import { deletion, opaquePath, whiteoutPath, whiteoutPrefix } from '../../archive/whiteout.ts'
import type { IdRange } from '../../filesystem.ts'
import { getAttribute, listAttributes } from '../../system/syscalls.ts'
import { openDirectoryAt, through } from './place.ts'

/**
 * A tree as a tar while others change it: each directory is opened inside the top, and its entries through it. What is
 * gone when its turn comes is left out; a file that shrinks is filled up with zeros, one that grows is cut. Sockets and
 * devices are left out. (archive/tree-tar.ts is for trees that nobody changes.)
 */
export type LiveTarOptions = {
  /** A directory; it is not closed here. */
  top: number
  range: IdRange
  /** What the top is called in the archive; empty: `./`. */
  name: string
  /** Other file systems below are directories without content. Else those of the kernel alone are. */
  stayOnDevice: boolean
  /** An overlayfs upper directory: whiteouts and opaque directories by name, as in a layer of an image. */
  layer?: boolean
  /** What is left out, by its path below the top. */
  leftOut?: (path: string, stats: Stats) => boolean
}

const pieceBytes = 1024 * 1024

export function liveTar(options: LiveTarOptions): AsyncGenerator<Buffer> {
  return tarPieces(blocks(options))
}

/** One file, link or pipe by itself. */
export async function* liveFileTar(directory: number, name: string, range: IdRange): AsyncGenerator<Buffer> {
  const walk: Walk = {
    ...{ top: directory, range, name: '', stayOnDevice: true },
    linked: new Map(),
    device: 0,
  }
  const at: Entry = { place: Buffer.from(`${through(directory)}/${name}`), path: name }
  const stats = look(at)
  if (stats !== undefined) for (const piece of other(walk, at, stats)) yield piece
  yield endOfTar
}

/** Paths are strings of bytes (latin1), so that names that are not UTF-8 stay what they are. */
type Walk = LiveTarOptions & { linked: Map<string, Buffer>; device: number }
type Entry = { place: Buffer; path: string }

function* blocks(options: LiveTarOptions): Generator<Buffer> {
  const walk: Walk = { ...options, linked: new Map(), device: fstatSync(options.top).dev }
  const ahead = ['']
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const directory = openBelow(walk, path)
    if (directory === undefined) continue
    try {
      const below: string[] = []
      yield* content(walk, { directory, path, below })
      ahead.push(...below.reverse())
    } finally {
      closeSync(directory)
    }
  }
}

/** Undefined: it is gone, or no directory any more. */
function openBelow({ top }: Walk, path: string): number | undefined {
  try {
    return openDirectoryAt(top, Buffer.from(`./${path}`, 'latin1'), constants.O_NOFOLLOW)
  } catch {
    return undefined
  }
}

function* content(
  walk: Walk,
  { directory, path, below }: { directory: number; path: string; below: string[] },
): Generator<Buffer> {
  const base = Buffer.from(`${through(directory)}/`)
  yield* directoryHeader(walk, base, path, fstatSync(directory))
  const names = readdirSync(base, { encoding: 'buffer' }).map((name) => name.toString('latin1'))
  for (const name of names.sort()) {
    if (walk.layer && name.startsWith(whiteoutPrefix)) continue
    const entry = {
      place: Buffer.concat([base, Buffer.from(name, 'latin1')]),
      path: path === '' ? name : `${path}/${name}`,
    }
    const stats = look(entry)
    if (stats === undefined || walk.leftOut?.(entry.path, stats)) continue
    if (!stats.isDirectory()) yield* other(walk, entry, stats)
    else if (walk.stayOnDevice && stats.dev !== walk.device)
      yield encodeHeader({
        ...common(walk, entry, stats),
        kind: 'directory',
        path: named(walk, `${entry.path}/`),
      })
    else below.push(entry.path)
  }
}

function* directoryHeader(walk: Walk, base: Buffer, path: string, stats: Stats): Generator<Buffer> {
  const entry = { place: Buffer.concat([base, Buffer.from('.')]), path }
  const own = { ...common(walk, entry, stats), kind: 'directory' as const }
  yield encodeHeader({
    ...own,
    path: named(walk, path === '' ? '' : `${path}/`),
    attributes: attributesOf(entry),
  })
  const isOpaque = walk.layer && getAttribute(entry.place, 'trusted.overlay.opaque')?.toString() === 'y'
  if (isOpaque) yield deletedAt(walk, opaquePath(path))
}

function* other(walk: Walk, entry: Entry, stats: Stats): Generator<Buffer> {
  const own = common(walk, entry, stats)
  if (walk.layer && stats.isCharacterDevice() && stats.rdev === 0) {
    yield deletedAt(walk, whiteoutPath(entry.path))
    return
  }
  const first = stats.nlink > 1 ? walk.linked.get(inode(stats)) : undefined
  if (first !== undefined) yield encodeHeader({ ...own, kind: 'hard-link', linkTarget: first })
  else if (stats.isFile()) yield* file(walk, entry, stats)
  else if (stats.isSymbolicLink()) yield* link(own, entry)
  else if (stats.isFIFO()) yield encodeHeader({ ...own, kind: 'fifo' })
}

function* link(own: Omit<OutgoingEntry, 'kind'>, { place }: Entry): Generator<Buffer> {
  const target = orGone(() => readlinkSync(place, { encoding: 'buffer' }))
  if (target !== undefined) yield encodeHeader({ ...own, kind: 'link', mode: 0o777, linkTarget: target })
}

function* file(walk: Walk, entry: Entry, seen: Stats): Generator<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const descriptor = orGone(() => openSync(entry.place, flags))
  if (descriptor === undefined) return
  try {
    const stats = fstatSync(descriptor)
    if (inode(stats) !== inode(seen) || !stats.isFile()) return
    const own = common(walk, entry, stats)
    yield encodeHeader({ ...own, kind: 'file', sizeBytes: stats.size, attributes: attributesOf(entry) })
    if (stats.nlink > 1) walk.linked.set(inode(stats), own.path)
    yield* bytesOf(descriptor, stats.size)
    yield paddingFor(stats.size)
  } finally {
    closeSync(descriptor)
  }
}

function* bytesOf(descriptor: number, sizeBytes: number): Generator<Buffer> {
  for (let at = 0; at < sizeBytes; ) {
    const piece = Buffer.alloc(Math.min(sizeBytes - at, pieceBytes))
    const count = readSync(descriptor, piece, 0, piece.length, at)
    // It has shrunk: the header has said how much comes.
    const bytes = count === 0 ? piece : piece.subarray(0, count)
    at += bytes.length
    yield bytes
  }
}

function deletedAt(walk: Walk, path: string): Buffer {
  return encodeHeader({ ...deletion, path: named(walk, path) })
}

function common(walk: Walk, { path }: Entry, stats: Stats): Omit<OutgoingEntry, 'kind'> {
  const { mode, uid, gid, mtimeMs } = stats
  return {
    ...{ path: named(walk, path), mode: mode & 0o7777, sizeBytes: 0 },
    ...{ uid: inside(walk.range, uid), gid: inside(walk.range, gid) },
    modifiedSeconds: Math.floor(mtimeMs / 1_000),
  }
}

function named({ name }: Walk, path: string): Buffer {
  const prefix = Buffer.from(name === '' ? (path === '' ? './' : '') : `${name}/`)
  return Buffer.concat([prefix, Buffer.from(path, 'latin1')])
}

const nobody = 65_534

function inside({ start, size }: IdRange, id: number): number {
  return id >= start && id < start + size ? id - start : nobody
}

/** What an archive may bring in may go out. See archive/accepted-attributes.ts. */
function attributesOf({ place }: Entry): [string, Buffer][] {
  return listAttributes(place)
    .filter(
      (name) => name === 'security.capability' || /^user\.(?!overlay\.)[\x21-\x3c\x3e-\x7e]+$/.test(name),
    )
    .sort()
    .flatMap((name): [string, Buffer][] => {
      const value = getAttribute(place, name)
      return value === null ? [] : [[name, value]]
    })
}

function look({ place }: Entry): Stats | undefined {
  return lstatSync(place, { throwIfNoEntry: false })
}

function inode({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}

/** Whoever changes the tree may have taken it away. */
function orGone<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    if (
      ['ENOENT', 'ELOOP', 'EINVAL', 'ENXIO', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    )
      return undefined
    throw error
  }
}

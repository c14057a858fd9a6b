import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { resolveInRootSync } from '../system/resolve-in-root.ts'
import { makeNode, setAttribute } from '../system/syscalls.ts'
import { acceptedAttributes } from './accepted-attributes.ts'
import { archiveError } from './errors.ts'
import type { ExtractOptions } from './extract-tree.ts'
import type { TarEntry } from './read-tar.ts'
import { whiteoutOf } from './whiteout.ts'

/**
 * Makes the files of one archive. Every path is resolved inside the root first, part by part, and the last part is
 * never followed: what is there is removed, then made anew with O_EXCL. Nobody else writes to the tree meanwhile, so
 * what was looked at stays what it was.
 */
export class TreeWriter {
  readonly #directory: string
  readonly #root: string
  readonly #options: ExtractOptions
  /** An archive's directory → the real one that it is. Forgotten whenever something is removed. */
  readonly #known = new Map<string, string>()
  /** Set at the end, because files made in a directory change its time. */
  readonly #directoryTimes = new Map<string, number>()

  constructor(directory: string, options: ExtractOptions) {
    this.#directory = directory
    this.#root = options.root ?? directory
    this.#options = options
  }

  async write(entry: TarEntry): Promise<void> {
    const parts = safeParts(entry.path)
    if (entry.kind === 'device') return
    if (this.#options.whiteouts === 'layer' && this.#whiteout(parts)) return
    if (parts.length === 0) {
      if (entry.kind !== 'directory') throw unsafe(entry.path)
      // Unpacked into a tree that is there already, the top keeps who it belongs to.
      if (this.#options.whiteouts === 'layer') this.#finishDirectory(this.#directory, entry)
      return
    }
    const path = join(this.#parent(parts), parts.at(-1) as string)
    if (entry.kind === 'directory') this.#directoryAt(path, entry)
    else await this.#otherAt(path, entry)
  }

  /** A directory may have been replaced since, or one above it by a link that leads out: each is resolved again. */
  finish(): void {
    for (const [path, seconds] of this.#directoryTimes) {
      const now = resolveInRootSync(this.#root, relative(this.#root, path))
      if (now === path && look(path)?.isDirectory()) lutimesSync(path, seconds, seconds)
    }
  }

  #directoryAt(path: string, entry: TarEntry): void {
    const present = look(path)
    if (!present?.isDirectory()) this.#newDirectory(path, present)
    this.#finishDirectory(path, entry)
  }

  async #otherAt(path: string, entry: TarEntry): Promise<void> {
    const source = entry.kind === 'hard-link' ? this.#linkSource(entry) : null
    if (source === path) return
    if (look(path) !== null) this.#remove(path)
    if (source !== null) linkSync(source, path)
    else if (entry.kind === 'file') await this.#file(path, entry)
    else this.#linkOrPipe(path, entry)
  }

  async #file(path: string, entry: TarEntry): Promise<void> {
    const { uid, gid } = this.#owner(entry)
    const time = fileTime(entry)
    const descriptor = openSync(path, 'wx', 0o600)
    try {
      for await (const piece of entry.content()) {
        for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at)
        this.#options.signal?.throwIfAborted()
      }
      fchownSync(descriptor, uid, gid)
      fchmodSync(descriptor, entry.mode)
      setAttributes(path, entry)
      futimesSync(descriptor, time, time)
    } finally {
      closeSync(descriptor)
    }
  }

  #linkOrPipe(path: string, entry: TarEntry): void {
    const { uid, gid } = this.#owner(entry)
    const time = fileTime(entry)
    if (entry.kind === 'link') symlinkSync(entry.linkTarget, path)
    else makeNode(path, 'fifo', 0o600)
    lchownSync(path, uid, gid)
    if (entry.kind === 'fifo') chmodSync(path, entry.mode)
    lutimesSync(path, time, time)
  }

  /** A hard link's source may be a file or a link itself; the links on the way to it lead inside the root. */
  #linkSource(entry: TarEntry): string {
    const parts = safeParts(entry.linkTarget)
    const name = parts.at(-1)
    if (name === undefined) throw unsafe(entry.linkTarget)
    const source = join(this.#resolve(parts.slice(0, -1)), name)
    const found = look(source)
    if (found === null || found.isDirectory() || found.isCharacterDevice() || found.isBlockDevice()) {
      throw archiveError['ARCHIVE.INVALID']({
        path: entry.path,
        reason: 'it is a hard link to nothing in the archive',
      })
    }
    return source
  }

  #finishDirectory(path: string, entry: TarEntry): void {
    const { uid, gid } = this.#owner(entry)
    lchownSync(path, uid, gid)
    chmodSync(path, entry.mode)
    setAttributes(path, entry)
    this.#directoryTimes.set(path, fileTime(entry))
  }

  /** True: the entry was a layer's word for something below it, and is done. */
  #whiteout(parts: readonly string[]): boolean {
    const whiteout = whiteoutOf(parts)
    if (whiteout === null) return false
    if (whiteout.kind === 'ignored') return true
    const parent = this.#parent(parts)
    if (whiteout.kind === 'opaque') makeOpaque(parent)
    else this.#delete(join(parent, whiteout.name))
    return true
  }

  /** It counts for the layers below alone: what this archive made at the same place stays. */
  #delete(path: string): void {
    const present = look(path)
    if (present === null) makeNode(path, 'whiteout', 0)
    else if (present.isDirectory()) makeOpaque(path)
  }

  #parent(parts: readonly string[]): string {
    const above = parts.slice(0, -1)
    const key = above.join('/')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const path = this.#resolve(above)
    this.#makeUpTo(path)
    this.#known.set(key, path)
    return path
  }

  #resolve(parts: readonly string[]): string {
    return resolveInRootSync(this.#root, join(relative(this.#root, this.#directory), ...parts))
  }

  /** Directories that the archive left out belong to root, whoever owns the rest, as with BuildKit. The path is resolved: no part of it is a link. */
  #makeUpTo(path: string): void {
    if (path === this.#root) return
    const present = look(path)
    if (present?.isDirectory()) return
    this.#makeUpTo(dirname(path))
    if (present !== null && !isWhiteout(present)) {
      throw archiveError['ARCHIVE.INVALID']({ path: basename(path), reason: 'it is a file and a directory' })
    }
    this.#newDirectory(path, present)
    lchownSync(path, 0, 0)
  }

  #newDirectory(path: string, present: Stats | null): void {
    if (present !== null) this.#remove(path)
    mkdirSync(path, { mode: 0o755 })
    chmodSync(path, 0o755)
    // Deleted and made again: what lies below it in other layers must not show through.
    if (present !== null && isWhiteout(present)) makeOpaque(path)
  }

  #remove(path: string): void {
    rmSync(path, { recursive: true, force: true })
    this.#known.clear()
  }

  #owner(entry: TarEntry): { uid: number; gid: number } {
    return this.#options.owner ?? { uid: ownId(entry.uid), gid: ownId(entry.gid) }
  }
}

const maxDepth = 256

/** Not `..` anywhere, though it may stay inside: no tool writes it, and a slip here would cost the host. */
function safeParts(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw unsafe(path)
  if (parts.length > maxDepth) throw archiveError['ARCHIVE.INVALID']({ path, reason: 'it lies too deep' })
  return parts
}

function unsafe(path: string) {
  return archiveError['ARCHIVE.UNSAFE_PATH']({ path })
}

function look(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0
}

function makeOpaque(path: string): void {
  setAttribute(path, 'trusted.overlay.opaque', Buffer.from('y'))
}

function setAttributes(path: string, entry: TarEntry): void {
  for (const [name, value] of acceptedAttributes(entry)) setAttribute(path, name, value)
}

const maxId = 65_535
const nobody = 65_534

/** A container has the ids 0 to 65,535; who is beyond them could never be seen there as anyone but nobody. */
function ownId(id: number): number {
  return id <= maxId ? id : nobody
}

/** ext4 ends in 2446; a time before 1970 or after that becomes the nearest that every file system can keep. */
const latestSeconds = 2 ** 33

function fileTime(entry: TarEntry): number {
  return Math.min(Math.max(entry.modifiedSeconds, 0), latestSeconds)
}

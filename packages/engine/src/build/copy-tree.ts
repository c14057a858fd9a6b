import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PathFilter } from '../dockerfile/ignore-file.ts'
import { quoted } from '../dockerfile/source-text.ts'
import { getAttribute, listAttributes, makeNode, type PathLike, setAttribute } from '../system/syscalls.ts'
import { buildError } from './errors.ts'
import type { LayerFiles } from './find-in-layers.ts'
import type { PlannedLinks } from './link-unchanged.ts'
import type { ParentsPattern } from './parents-pattern.ts'
import type { RootWriter } from './root-writer.ts'

/**
 * Copies from one mounted root into another: modes, owners, times, capabilities and hard links within the copy stay;
 * links are copied as links. Sockets and devices are left out. Directories that are there already become like the source's.
 */
export type CopyLimits = {
  bytes: number
  limitBytes: number
  signal: AbortSignal
  filter: PathFilter
  /** What everything will be dated in the end; null: as in the source. */
  date: Date | null
}

/** Files that a layer of the source holds are linked from it after the copy: see link-unchanged.ts. */
export type CopySource = { root: string; layers: LayerFiles | null }

/** `relative`: to where the copy began. */
type Directory = { source: string; target: string; relative: string }
/** Below a name that is no UTF-8: no string says where it is. */
type Odd = { source: Buffer; path: Buffer; relative: string }

/** About 10 ms of work. */
const entriesInOneGo = 200
const largeFileBytes = 4 * 1024 * 1024

export class TreeCopier {
  readonly #writer: RootWriter
  readonly #limits: CopyLimits
  readonly #source: CopySource
  readonly links: PlannedLinks = new Map()
  readonly #linkedInto = new Set<string>()
  readonly #made = new Map<string, PathLike>()
  readonly #times: { path: PathLike; stats: Stats }[] = []
  #bytes = 0
  #entries = 0

  constructor(writer: RootWriter, source: CopySource, limits: CopyLimits) {
    this.#source = source
    this.#writer = writer
    this.#limits = limits
  }

  /** Everything in `source`, a real directory, into `target`, a path in the writer's root, which is dated like it. */
  async directory(source: string, target: string): Promise<void> {
    this.#times.push({ path: this.#writer.directory(target), stats: lstatSync(source) })
    const ahead: Directory[] = [{ source, target, relative: '' }]
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const names = readdirSync(next.source)
      for (const child of this.#children(next, names)) {
        const stats = lstatSync(child.source)
        await this.#copyOne(child, stats)
        if (stats.isDirectory()) ahead.push(child)
        await this.#breathe()
      }
      if (names.some(isOdd)) await this.#odd(this.#oddChildren(next))
    }
  }

  /**
   * What of `source` the pattern matches, at its path below `target`; the directories on the way are made as they are in
   * the source. False: nothing matched.
   */
  async matching(source: string, target: string, pattern: ParentsPattern): Promise<boolean> {
    const ahead: Directory[] = [{ source, target, relative: '' }]
    const way = new Map<string, Directory>()
    let found = false
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      for (const child of this.#children(next, this.#plainNames(next))) {
        const stats = lstatSync(child.source)
        const matches = pattern.matches(child.relative)
        if (matches) {
          found = true
          this.#makeWay(way, next)
          await this.#copyOne(child, stats)
        }
        const goesOn = stats.isDirectory() && (matches || pattern.mayHoldMatches(child.relative))
        if (goesOn) ahead.push(child)
        if (goesOn && !matches) way.set(child.relative, child)
        await this.#breathe()
      }
    }
    return found
  }

  /** What is in a directory comes later. */
  async #copyOne({ source, target }: Directory, stats: Stats): Promise<void> {
    if (stats.isDirectory()) this.#makeDirectory(target, stats)
    else await this.other(source, target, stats)
  }

  /** A directory that was passed through, and those above it. */
  #makeWay(way: Map<string, Directory>, { relative }: Directory): void {
    const passed = way.get(relative)
    if (passed === undefined) return
    this.#makeWay(way, { source: '', target: '', relative: parentOf(relative) })
    way.delete(relative)
    this.#makeDirectory(passed.target, lstatSync(passed.source))
  }

  /** Patterns are matched with strings. */
  #plainNames({ source, target }: Directory): string[] {
    const names = readdirSync(source)
    if (!names.some(isOdd)) return names
    throw this.#writer.conflict(`a file name in ${quoted(target)} is not UTF-8.`)
  }

  #children({ source, target, relative }: Directory, names: readonly string[]): Directory[] {
    return names
      .filter((name) => !isOdd(name))
      .map((name) => ({
        source: `${source}/${name}`,
        target: `${target}/${name}`,
        relative: relative === '' ? name : `${relative}/${name}`,
      }))
      .filter((child) => !this.#limits.filter.ignores(child.relative))
  }

  #oddChildren({ source, target, relative }: Directory): Odd[] {
    const path = Buffer.from(this.#writer.directory(target))
    return this.#below({ source: Buffer.from(source), path, relative }).filter((child) =>
      isOdd(child.relative.slice(relative.length)),
    )
  }

  #below({ source, path, relative }: Odd): Odd[] {
    return readdirSync(source, { encoding: 'buffer' })
      .map((name) => ({
        source: Buffer.concat([source, slash, name]),
        path: Buffer.concat([path, slash, name]),
        relative: relative === '' ? name.toString() : `${relative}/${name.toString()}`,
      }))
      .filter((child) => !this.#limits.filter.ignores(child.relative))
  }

  /** As what has a string for a name. What is above these paths is resolved, and each part was looked at. */
  async #odd(children: readonly Odd[]): Promise<void> {
    const ahead = [...children]
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const stats = lstatSync(next.source)
      const present = lstatSync(next.path, { throwIfNoEntry: false })
      if (present !== undefined && present.isDirectory() !== stats.isDirectory()) {
        throw this.#writer.conflict(`${quoted(next.relative)} is there already, as something else.`)
      }
      if (stats.isDirectory()) {
        if (present === undefined) mkdirSync(next.path, { mode: 0o700 })
        const { uid, gid } = this.#writer.ownerOf(stats)
        lchownSync(next.path, uid, gid)
        chmodSync(next.path, this.#writer.modeOf(stats.mode, true))
        this.#times.push({ path: next.path, stats })
        ahead.push(...this.#below(next))
      } else if (isCopied(stats)) {
        if (present !== undefined) unlinkSync(next.path)
        await this.#linkOrMake(next.source, next.path, stats)
      }
      await this.#breathe()
    }
  }

  /** A file, a link or a pipe. */
  async other(source: string, target: string, stats: Stats): Promise<void> {
    if (!isCopied(stats)) return
    const path = this.#writer.freshPath(target)
    if (!this.#linksFrom(source, path, stats)) await this.#linkOrMake(source, path, stats)
  }

  /** At a path where nothing is. */
  async #linkOrMake(source: PathLike, path: PathLike, stats: Stats): Promise<void> {
    const inode = `${stats.dev}:${stats.ino}`
    const made = stats.nlink > 1 ? this.#made.get(inode) : undefined
    if (made !== undefined) return linkSync(made, path)
    if (stats.nlink > 1) this.#made.set(inode, path)
    await this.#makeOther(source, path, stats)
  }

  /** Directories last, because what is made in one changes its time. */
  finish(): void {
    const now = new Date()
    for (const directory of this.#linkedInto) utimesSync(directory, now, now)
    for (const { path, stats } of this.#times.reverse())
      lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000)
  }

  #linksFrom(source: string, path: string, stats: Stats): boolean {
    const { root, layers } = this.#source
    if (layers === null || !stats.isFile() || this.#writer.changesAttributes) return false
    const { date } = this.#limits
    if (date !== null && stats.mtimeMs !== date.getTime()) return false
    const layered = layers.find(source.slice(root.length), stats)
    if (layered === undefined) return false
    this.links.set(path.slice(this.#writer.root.length), layered)
    this.#linkedInto.add(dirname(path))
    return true
  }

  async #makeOther(source: PathLike, path: PathLike, stats: Stats): Promise<void> {
    const { uid, gid } = this.#writer.ownerOf(stats)
    if (stats.isSymbolicLink()) {
      symlinkSync(readlinkSync(source, { encoding: 'buffer' }), path)
      lchownSync(path, uid, gid)
    } else {
      if (stats.isFIFO()) makeNode(path, 'fifo', 0o600)
      else await this.#copyContent(source, path, stats)
      if (uid !== 0 || gid !== 0 || this.#writer.inheritsGroup) lchownSync(path, uid, gid)
      chmodSync(path, this.#writer.modeOf(stats.mode, false))
      if (stats.isFile()) copyAttributes(source, path)
    }
    lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000)
  }

  async #copyContent(source: PathLike, path: PathLike, stats: Stats): Promise<void> {
    this.#bytes += stats.blocks * 512
    if (this.#bytes > this.#limits.bytes) {
      throw buildError['BUILD.OVER_DISK_LIMIT']({
        place: this.#writer.place,
        limitBytes: this.#limits.limitBytes,
      })
    }
    if (stats.size < largeFileBytes) copyFileSync(source, path, constants.COPYFILE_EXCL)
    else await copyFile(source, path, constants.COPYFILE_EXCL)
  }

  #makeDirectory(target: string, stats: Stats): void {
    this.#writer.copiedDirectory(target, { mode: stats.mode, owner: stats })
    this.#times.push({ path: this.#writer.directory(target), stats })
  }

  async #breathe(): Promise<void> {
    this.#entries += 1
    if (this.#entries % entriesInOneGo !== 0) return
    await nextTurn()
    this.#limits.signal.throwIfAborted()
  }
}

/** Node makes U+FFFD of bytes that are no UTF-8; it may also be a name's own. */
const isOdd = (name: string) => name.includes('\ufffd')
const slash = Buffer.from('/')

function isCopied(stats: Stats): boolean {
  return !(stats.isSocket() || stats.isBlockDevice() || stats.isCharacterDevice())
}

function parentOf(relative: string): string {
  return relative.slice(0, Math.max(0, relative.lastIndexOf('/')))
}

/** File capabilities and a user's own attributes: not `trusted.…`, which would steer overlayfs. */
function copyAttributes(source: PathLike, path: PathLike): void {
  for (const name of listAttributes(source)) {
    const isUsers = name.startsWith('user.') && !name.startsWith('user.overlay.')
    const value = isUsers || name === 'security.capability' ? getAttribute(source, name) : null
    if (value !== null) setAttribute(path, name, value)
  }
}

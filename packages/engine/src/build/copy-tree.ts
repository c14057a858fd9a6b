import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  readdirSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PathFilter } from '../dockerfile/ignore-file.ts'
import { quoted } from '../dockerfile/source-text.ts'
import { getAttribute, listAttributes, makeNode, setAttribute } from '../system/syscalls.ts'
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

/** About 10 ms of work. */
const entriesInOneGo = 200
const largeFileBytes = 4 * 1024 * 1024

export class TreeCopier {
  readonly #writer: RootWriter
  readonly #limits: CopyLimits
  readonly #source: CopySource
  readonly links: PlannedLinks = new Map()
  readonly #linkedInto = new Set<string>()
  readonly #made = new Map<string, string>()
  readonly #times: { path: string; stats: Stats }[] = []
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
    const ahead = [{ source, target, relative: '' }]
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      for (const child of this.#children(next)) {
        const stats = lstatSync(child.source)
        await this.#copyOne(child, stats)
        if (stats.isDirectory()) ahead.push(child)
        await this.#breathe()
      }
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
      for (const child of this.#children(next)) {
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

  #children({ source, target, relative }: Directory): Directory[] {
    const names = readdirSync(source)
    if (names.some((name) => name.includes('\ufffd'))) {
      throw this.#writer.conflict(`a file name in ${quoted(target)} is not UTF-8.`)
    }
    return names
      .map((name) => ({
        source: `${source}/${name}`,
        target: `${target}/${name}`,
        relative: relative === '' ? name : `${relative}/${name}`,
      }))
      .filter((child) => !this.#limits.filter.ignores(child.relative))
  }

  /** A file, a link or a pipe. */
  async other(source: string, target: string, stats: Stats): Promise<void> {
    if (stats.isSocket() || stats.isBlockDevice() || stats.isCharacterDevice()) return
    const path = this.#writer.freshPath(target)
    if (this.#linksFrom(source, path, stats)) return
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

  async #makeOther(source: string, path: string, stats: Stats): Promise<void> {
    const { uid, gid } = this.#writer.ownerOf(stats)
    if (stats.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), path)
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

  async #copyContent(source: string, path: string, stats: Stats): Promise<void> {
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

function parentOf(relative: string): string {
  return relative.slice(0, Math.max(0, relative.lastIndexOf('/')))
}

/** File capabilities and a user's own attributes: not `trusted.…`, which would steer overlayfs. */
function copyAttributes(source: string, path: string): void {
  for (const name of listAttributes(source)) {
    const isUsers = name.startsWith('user.') && !name.startsWith('user.overlay.')
    const value = isUsers || name === 'security.capability' ? getAttribute(source, name) : null
    if (value !== null) setAttribute(path, name, value)
  }
}

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
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PathFilter } from '../dockerfile/ignore-file.ts'
import { getAttribute, listAttributes, makeNode, setAttribute } from '../system/syscalls.ts'
import { buildError } from './errors.ts'
import type { RootWriter } from './root-writer.ts'

/**
 * Copies from one mounted root into another: modes, owners, times, capabilities and hard links within the copy stay;
 * links are copied as links. Sockets and devices are left out. Directories that are there already stay as they are.
 */
export type CopyLimits = { bytes: number; limitBytes: number; signal: AbortSignal; filter: PathFilter }

/** About 10 ms of work. */
const entriesInOneGo = 200
const largeFileBytes = 4 * 1024 * 1024

export class TreeCopier {
  readonly #writer: RootWriter
  readonly #limits: CopyLimits
  readonly #made = new Map<string, string>()
  readonly #times: { path: string; stats: Stats }[] = []
  #bytes = 0
  #entries = 0

  constructor(writer: RootWriter, limits: CopyLimits) {
    this.#writer = writer
    this.#limits = limits
  }

  /** Everything in `source`, a real directory, into `target`, a path in the writer's root. */
  async directory(source: string, target: string): Promise<void> {
    const ahead = [{ source, target, relative: '' }]
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const { source: from, target: to, relative } = next
      for (const name of readdirSync(from)) {
        const path = relative === '' ? name : `${relative}/${name}`
        if (this.#limits.filter.ignores(path)) continue
        const stats = lstatSync(`${from}/${name}`)
        if (stats.isDirectory()) {
          this.#makeDirectory(`${to}/${name}`, stats)
          ahead.push({ source: `${from}/${name}`, target: `${to}/${name}`, relative: path })
        } else await this.other(`${from}/${name}`, `${to}/${name}`, stats)
        await this.#breathe()
      }
    }
  }

  /** A file, a link or a pipe. */
  async other(source: string, target: string, stats: Stats): Promise<void> {
    if (stats.isSocket() || stats.isBlockDevice() || stats.isCharacterDevice()) return
    const path = this.#writer.freshPath(target)
    const inode = `${stats.dev}:${stats.ino}`
    const made = stats.nlink > 1 ? this.#made.get(inode) : undefined
    if (made !== undefined) return linkSync(made, path)
    if (stats.nlink > 1) this.#made.set(inode, path)
    await this.#makeOther(source, path, stats)
  }

  /** Directories last, because what is made in one changes its time. */
  finish(): void {
    for (const { path, stats } of this.#times.reverse())
      lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000)
  }

  async #makeOther(source: string, path: string, stats: Stats): Promise<void> {
    const { uid, gid } = this.#writer.ownerOf(stats)
    if (stats.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), path)
      lchownSync(path, uid, gid)
    } else {
      if (stats.isFIFO()) makeNode(path, 'fifo', 0o600)
      else await this.#copyContent(source, path, stats)
      lchownSync(path, uid, gid)
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
    if (this.#writer.isDirectory(target)) return
    const path = this.#writer.freshPath(target)
    const { uid, gid } = this.#writer.ownerOf(stats)
    mkdirSync(path, { mode: 0o700 })
    lchownSync(path, uid, gid)
    chmodSync(path, this.#writer.modeOf(stats.mode, true))
    this.#times.push({ path, stats })
  }

  async #breathe(): Promise<void> {
    this.#entries += 1
    if (this.#entries % entriesInOneGo !== 0) return
    await nextTurn()
    this.#limits.signal.throwIfAborted()
  }
}

/** File capabilities and a user's own attributes: not `trusted.…`, which would steer overlayfs. */
function copyAttributes(source: string, path: string): void {
  for (const name of listAttributes(source)) {
    const isUsers = name.startsWith('user.') && !name.startsWith('user.overlay.')
    const value = isUsers || name === 'security.capability' ? getAttribute(source, name) : null
    if (value !== null) setAttribute(path, name, value)
  }
}

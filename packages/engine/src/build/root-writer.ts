import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { isBerthError } from '@berth/domain'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import { resolveInRootSync } from '../system/resolve-in-root.ts'
import { buildError } from './errors.ts'
import type { Owner } from './find-owner.ts'
import type { LayeredRoot } from './layered-root.ts'
import { changeMode, type ModeChange } from './mode.ts'

/** Longer ones go the careful way, which refuses them in words. Linux: PATH_MAX, and NAME_MAX for one part. */
const mostPathBytes = 4_000
const mostNameBytes = 255
const setGroupId = 0o2000

export type OpenFile = { write(content: Uint8Array): void; close(): void }

/**
 * Writes into a root, mounted or of layers, that only this process writes to, and whose content nobody vouches for.
 *
 * It promises: every path is resolved inside the root, part by part; links on the way to a file lead nowhere but inside
 * it; the last part is never followed, what is there is removed and the file made anew; a directory is never replaced
 * by a file, nor a file by a directory. Paths are absolute, as a process in the root sees them.
 *
 * @throws BUILD.COPY_CONFLICT
 */
export class RootWriter {
  /** Where it lies: for layers, where what is written goes. */
  readonly root: string
  readonly place: Place
  readonly #layers: LayeredRoot | null
  readonly #owner: Owner | null
  readonly #mode: ModeChange | null
  readonly #timeSeconds = Math.floor(Date.now() / 1000)
  readonly #umask = process.umask()
  /** Directories known to be there: path in the root → real path. */
  readonly #directories = new Map<string, string>()
  /** Directories that no source brings, made here; real paths. */
  readonly #onTheWay = new Set<string>()
  /** A directory was seen that gives its group to what is made in it. */
  #groupIsInherited = false

  constructor(
    root: string | LayeredRoot,
    options: { place: Place; owner: Owner | null; mode: ModeChange | null },
  ) {
    this.root = typeof root === 'string' ? root : root.upper
    this.#layers = typeof root === 'string' ? null : root
    this.place = options.place
    this.#owner = options.owner
    this.#mode = options.mode
  }

  /** The real path of a directory, which is made where it is missing, with those above it. */
  directory(path: string): string {
    const known = this.#directories.get(path)
    if (known !== undefined) return known
    const real = this.#inParent(path) ?? this.#fromRoot(path)
    this.#layers?.open(real.slice(this.root.length))
    this.#directories.set(path, real)
    return real
  }

  /** A directory for what an archive holds: what of its path is made here has an ordinary mode, whatever --chmod says. */
  directoryForArchive(path: string): string {
    const real = this.directory(path)
    for (let made = real; this.#onTheWay.delete(made); made = dirname(made)) chmodSync(made, 0o755)
    return real
  }

  /**
   * A directory of what is copied: one that is there gets the mode and owner of the source's, as in BuildKit. Where a
   * link leads to one, that one stays as it is.
   */
  copiedDirectory(path: string, source: { mode: number; owner: Owner }): void {
    const real = `${this.directory(dirname(path))}/${basename(path)}`
    const present = isTooLong(real) ? undefined : this.#look(real)
    if (present === undefined || present?.isDirectory() === false) return void this.directory(path)
    const mode = this.modeOf(source.mode, true)
    const owner = this.ownerOf(source.owner)
    if (present?.uid === owner.uid && present.gid === owner.gid && (present.mode & 0o7777) === mode) return
    if (present === null) mkdirSync(real, { mode: 0o700 })
    this.#layers?.[present === null ? 'made' : 'open'](real.slice(this.root.length))
    this.#directories.set(path, real)
    lchownSync(real, owner.uid, owner.gid)
    chmodSync(real, mode)
  }

  /** Where a file goes that is copied to this very path: through links, which may lead to nothing yet. */
  throughLinks(path: string): string {
    return this.#resolve(path).slice(this.root.length)
  }

  isDirectory(path: string): boolean {
    if (this.#directories.has(path)) return true
    const real = this.#resolve(path)
    return this.#look(real)?.isDirectory() ?? false
  }

  file(path: string, content: Uint8Array): void {
    const file = this.create(path, 0o644)
    try {
      file.write(content)
    } finally {
      file.close()
    }
  }

  /** A file whose content comes in pieces. It must be closed. */
  create(path: string, mode: number): OpenFile {
    return this.createWith(path, { mode, timeSeconds: this.#timeSeconds })
  }

  /** The same, for what has a mode and a time of its own. */
  createWith(path: string, given: { mode: number; timeSeconds: number }): OpenFile {
    const mode = this.modeOf(given.mode, false)
    const descriptor = this.makeAt(path, (real) => openSync(real, 'wx', mode & 0o777))
    return {
      write(content) {
        for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at)
      },
      close: () => {
        this.#finish(descriptor, mode, given.timeSeconds)
        closeSync(descriptor)
      },
    }
  }

  link(path: string, target: string): void {
    const real = this.freshPath(path)
    if (target === '' || target.includes('\0')) throw this.conflict(`the link ${quoted(path)} leads nowhere.`)
    symlinkSync(target, real)
    const { uid, gid } = this.ownerOf({ uid: 0, gid: 0 })
    if (uid !== 0 || gid !== 0 || this.#groupIsInherited) lchownSync(real, uid, gid)
    lutimesSync(real, this.#timeSeconds, this.#timeSeconds)
  }

  /** Whether what is made may get another group than the engine's. */
  get inheritsGroup(): boolean {
    return this.#groupIsInherited
  }

  /** Whether files get another owner or mode than they have. */
  get changesAttributes(): boolean {
    return this.#owner !== null || this.#mode !== null
  }

  /** Where a file belongs: its directory is there. */
  pathOf(path: string): string {
    return `${this.directory(dirname(path))}/${basename(path)}`
  }

  /** Where a file can be made: its directory is there, and nothing stands in its place. */
  freshPath(path: string): string {
    const real = this.pathOf(path)
    const own = look(real)
    const present = own ?? this.#layers?.below(real.slice(this.root.length))?.stats
    if (present?.isDirectory()) throw this.conflict(`${quoted(path)} is a directory in the image.`)
    if (own !== null) unlinkSync(real)
    return real
  }

  /**
   * Where `make` fails when something is there, as link(2) and an exclusive open(2) do: without looking first, which
   * among thousands of files counts.
   */
  makeAt<Made>(path: string, make: (real: string) => Made): Made {
    if (this.#layers === null) return make(this.freshPath(path))
    const real = this.pathOf(path)
    if (this.#layers.below(real.slice(this.root.length)) !== undefined) return make(this.freshPath(path))
    try {
      return make(real)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      return make(this.freshPath(path))
    }
  }

  /** Whether what is made is where it will stay, so that files of other layers can be linked to it. */
  get isUnmounted(): boolean {
    return this.#layers !== null
  }

  ownerOf(source: Owner): Owner {
    return this.#owner ?? source
  }

  modeOf(mode: number, isDirectory: boolean): number {
    return this.#mode === null ? mode & 0o7777 : changeMode(this.#mode, mode, isDirectory)
  }

  conflict(problem: string): Error {
    return buildError['BUILD.COPY_CONFLICT']({ place: this.place, problem })
  }

  #finish(descriptor: number, mode: number, timeSeconds: number): void {
    const { uid, gid } = this.ownerOf({ uid: 0, gid: 0 })
    if (uid !== 0 || gid !== 0 || this.#groupIsInherited) fchownSync(descriptor, uid, gid)
    if ((mode & 0o777 & ~this.#umask) !== mode) fchmodSync(descriptor, mode)
    futimesSync(descriptor, timeSeconds, timeSeconds)
  }

  /** One look where the parent is known: at thousands of directories that counts. Undefined: it is not that simple. */
  #inParent(path: string): string | undefined {
    if (path === '/' || normalize(path) !== path || !path.startsWith('/') || path.endsWith('/'))
      return undefined
    const real = join(this.directory(dirname(path)), basename(path))
    if (isTooLong(real)) return undefined
    const present = this.#look(real)
    if (present === null) this.#makeOne(real)
    return present === null || present.isDirectory() ? real : undefined
  }

  #fromRoot(path: string): string {
    const real = this.#resolve(path)
    this.#make(real, path)
    return real
  }

  /** `real` is resolved: what of it exists holds no link. */
  #make(real: string, path: string): void {
    if (real === this.root) return
    const present = this.#look(real)
    if (present?.isDirectory()) return
    if (present !== null) throw this.conflict(`${quoted(path)} is no directory in the image.`)
    this.#make(dirname(real), dirname(path))
    this.#layers?.open(dirname(real).slice(this.root.length))
    this.#makeOne(real)
  }

  #makeOne(real: string): void {
    mkdirSync(real, { mode: 0o755 })
    const mode = modeOnTheWay(this.#mode)
    if (mode !== (0o755 & ~this.#umask)) chmodSync(real, mode)
    const { uid, gid } = this.ownerOf({ uid: 0, gid: 0 })
    if (uid !== 0 || gid !== 0) lchownSync(real, uid, gid)
    this.#layers?.made(real.slice(this.root.length))
    this.#onTheWay.add(real)
  }

  #look(real: string): Stats | null {
    const stats =
      this.#layers === null ? look(real) : (this.#layers.look(real.slice(this.root.length)) ?? null)
    if (stats?.isDirectory() && (stats.mode & setGroupId) !== 0) this.#groupIsInherited = true
    return stats
  }

  #resolve(path: string): string {
    try {
      return this.#layers?.resolve(path) ?? resolveInRootSync(this.root, path)
    } catch (error) {
      if (!isBerthError(error)) throw error
      throw this.conflict(`${quoted(path)} cannot be reached in the image: ${error.message}`)
    }
  }
}

/** Of a directory that no source brings. As BuildKit: of --chmod only what an ordinary mkdir takes of an octal mode. */
function modeOnTheWay(change: ModeChange | null): number {
  return change?.kind === 'octal' ? change.mode & 0o755 : 0o755
}

/** The careful way tells what is wrong with it. */
function isTooLong(real: string): boolean {
  return Buffer.byteLength(real) > mostPathBytes || Buffer.byteLength(basename(real)) > mostNameBytes
}

function look(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw error
  }
}

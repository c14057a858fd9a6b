import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, lstatSync, openSync } from 'node:fs'
import { chmod, lchown, mkdir, readdir, rename, stat, unlink, utimes } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { CommandRunner } from '@berth/command'
import type { IdRange } from '../../filesystem.ts'
import { reached } from '../../system/failure-points.ts'
import { removeTree } from '../../system/scratch.ts'
import { type LockKind, tryLock } from '../../system/syscalls.ts'
import { usedIn } from '../disk-watch.ts'
import type { CacheMount } from '../plan.ts'

/**
 * The directories of `RUN --mount=type=cache`: `cache-mounts/<scope>/<id>.<number>.data/tree`, with a lock beside
 * it that the kernel lets go when its holder dies, however it dies.
 *
 * - What one scope keeps no other ever sees; nor do mounts of one id share where they begin with another owner or mode.
 * - `shared` mounts have number 0 together; `locked` ones have it alone, and wait for it; `private` ones take the first
 *   number that is free.
 * - What a mount begins with appears whole, by rename. Nothing of it is ever part of a layer.
 */
export type CacheMounts = {
  hold(wanted: WantedCache, signal: AbortSignal): Promise<HeldCache>
  /** Removes what was of no use the longest until each scope holds at most `scopeBytes`; what is in use stays. */
  prune(scopeBytes: number): Promise<number>
}

export type WantedCache = {
  scope: string
  mount: Pick<CacheMount, 'id' | 'sharing' | 'mode' | 'uid' | 'gid'>
  range: IdRange
  /** Puts into the empty directory what it begins with. */
  fill: (directory: string) => Promise<void>
}

export type HeldCache = { directory: string; release(): void }

const mostNumbers = 64
const firstPauseMs = 5
const longestPauseMs = 200

export async function openCacheMounts(home: string, commands: CommandRunner): Promise<CacheMounts> {
  const folder = `${home}/cache-mounts`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const scope of await readdir(folder)) await removeHalfMade(commands, `${folder}/${scope}`)
  return {
    async hold(wanted, signal) {
      const base = `${folder}/${hash(wanted.scope)}`
      await mkdir(base, { recursive: true, mode: 0o700 })
      const { id, mode, uid, gid, sharing } = wanted.mount
      const lock = await lockFor(`${base}/${hash([id, mode, uid, gid])}`, sharing, signal)
      try {
        const directory = await whole(commands, lock.path, wanted)
        return { directory, release: () => closeSync(lock.descriptor) }
      } catch (error) {
        closeSync(lock.descriptor)
        throw error
      }
    },

    async prune(scopeBytes) {
      let freed = 0
      for (const scope of await readdir(folder))
        freed += await pruneScope(commands, `${folder}/${scope}`, scopeBytes)
      return freed
    },
  }
}

type Lock = { path: string; descriptor: number }

/** `path` is that of an instance, without an ending. */
async function lockFor(base: string, sharing: CacheMount['sharing'], signal: AbortSignal): Promise<Lock> {
  const kind: LockKind = sharing === 'shared' ? 'shared' : 'exclusive'
  const numbers = sharing === 'private' ? mostNumbers : 1
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    for (let number = 0; number < numbers; number += 1) {
      const lock = lockNow(`${base}.${number}`, kind)
      if (lock !== null) return lock
    }
    await pause(pauseMs, undefined, { signal })
  }
}

/** Null: another has it; also one whose file was removed between opening and locking, which is not the lock any more. */
function lockNow(path: string, kind: LockKind): Lock | null {
  const descriptor = openSync(`${path}.lock`, 'a', 0o600)
  const isOurs = tryLock(descriptor, kind) && isStillThere(`${path}.lock`, descriptor)
  if (isOurs) return { path, descriptor }
  closeSync(descriptor)
  return null
}

function isStillThere(path: string, descriptor: number): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino
}

/**
 * Two that hold it shared may both find it missing: one of them comes too late with its rename, and takes the other's.
 * What is renamed holds a `tree`, so never is an empty directory in place, which a rename would replace.
 */
async function whole(
  commands: CommandRunner,
  path: string,
  { mount, range, fill }: WantedCache,
): Promise<string> {
  const tree = `${path}.data/tree`
  const now = new Date()
  if (await isDirectory(tree)) {
    await utimes(`${path}.lock`, now, now)
    return tree
  }
  const fresh = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const begun = `${fresh}/tree`
  await mkdir(begun, { recursive: true, mode: 0o700 })
  try {
    await lchown(begun, range.start + mount.uid, range.start + mount.gid)
    await chmod(begun, mount.mode)
    await fill(begun)
    reached('cache mount filled')
    await rename(fresh, `${path}.data`)
    reached('cache mount in place')
  } catch (error) {
    await removeTree(commands, fresh)
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
  return tree
}

type Kept = { path: string; bytes: number; usedAtMs: number }

async function pruneScope(commands: CommandRunner, scope: string, scopeBytes: number): Promise<number> {
  const names = await readdir(scope)
  const kept: Kept[] = []
  for (const name of names.filter((each) => each.endsWith('.data'))) {
    const path = `${scope}/${name.slice(0, -'.data'.length)}`
    const { bytes } = await usedIn(`${path}.data`)
    kept.push({ path, bytes, usedAtMs: (await stat(`${path}.lock`)).mtimeMs })
  }
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0)
  let freed = 0
  for (const { path, bytes } of kept.sort((one, other) => one.usedAtMs - other.usedAtMs)) {
    if (total <= scopeBytes) break
    if (!(await removeUnused(commands, path))) continue
    total -= bytes
    freed += bytes
  }
  return freed
}

/** Out of sight first: who waits for the lock finds that it is not the one any more. */
async function removeUnused(commands: CommandRunner, path: string): Promise<boolean> {
  const lock = lockNow(path, 'exclusive')
  if (lock === null) return false
  try {
    const away = `${path}.${randomBytes(6).toString('hex')}.tmp`
    await rename(`${path}.data`, away)
    await unlink(`${path}.lock`)
    await removeTree(commands, away)
    return true
  } finally {
    closeSync(lock.descriptor)
  }
}

/** By a process that died; nobody else makes any while a home is opened. */
async function removeHalfMade(commands: CommandRunner, scope: string): Promise<void> {
  for (const name of await readdir(scope)) {
    if (name.endsWith('.tmp')) await removeTree(commands, `${scope}/${name}`)
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}

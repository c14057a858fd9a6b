import type { Stats } from 'node:fs'
import { lstat, opendir, statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { DiskUse } from '../engine.ts'
import type { Overspent } from './disk-budget.ts'

/**
 * Watches what a RUN step writes, since overlayfs has no quota: every second it asks how much the disk has filled since
 * the step began, in bytes and in files, which costs nothing, and only when that is beyond the limit it counts the step's
 * own files, because others write to the same disk. Others remove things, too, behind which a step could hide, so its files
 * are counted anyway after 10 s, 20 s, 40 s … It also ends a step before the disk is full for everyone.
 */
export type DiskVerdict = Overspent | 'disk full'

const everyMs = 1_000
/** Kept free for the platform itself: PostgreSQL on a full disk is the worst that can happen. */
const reserve: DiskUse = { bytes: 256 * 1024 ** 2, files: 16_384 }
/** A step is to blame for the end of the reserve if it took so much of it. */
const blamed = 1 / 4
/** btrfs and its like make room for files as they come, and do not say how many there are: so they are counted. */
const looksUncounted = 10

export type WatchedDisk = {
  /** On one disk. What is in the first is the step's; of the others only what it wrote. */
  directories: readonly string[]
  left: () => DiskUse
  seen: (use: DiskUse) => void
}

export async function watchDisk(
  { directories, left, seen }: WatchedDisk,
  ended: AbortSignal,
): Promise<DiskVerdict | undefined> {
  const [directory = '/'] = directories
  const before = await freeOn(directory)
  const sinceMs = Date.now()
  for (let looks = 1; !ended.aborted; looks += 1) {
    const waited = await pause(everyMs, true, { signal: ended, ref: false }).catch(() => false)
    if (!waited) return undefined
    const free = await freeOn(directory)
    if (tookTheReserve(before, free)) return 'disk full'
    const mayBeOver = measures.some((what) => before[what] - free[what] > left()[what])
    if (!mayBeOver && !isDue(looks, free)) continue
    const used = await usedByStep(directories, left(), sinceMs)
    seen(used)
    if (used.bytes > left().bytes) return 'too many bytes'
    if (used.files > left().files) return 'too many files'
  }
  return undefined
}

const measures = ['bytes', 'files'] as const

function isDue(looks: number, free: DiskUse): boolean {
  const rounds = looks / looksUncounted
  return (
    Number.isInteger(rounds) &&
    (free.files === Number.POSITIVE_INFINITY || Number.isInteger(Math.log2(rounds)))
  )
}

function tookTheReserve(before: DiskUse, free: DiskUse): boolean {
  return measures.some(
    (what) => free[what] < reserve[what] && before[what] - free[what] > reserve[what] * blamed,
  )
}

async function usedByStep(
  [own = '/', ...shared]: readonly string[],
  enough: DiskUse,
  sinceMs: number,
): Promise<DiskUse> {
  const used = await usedIn(own, enough)
  for (const each of shared) {
    const left = { bytes: enough.bytes - used.bytes, files: enough.files - used.files }
    const more = await usedIn(each, left, sinceMs)
    used.bytes += more.bytes
    used.files += more.files
  }
  return used
}

const noEnd: DiskUse = { bytes: Number.POSITIVE_INFINITY, files: Number.POSITIVE_INFINITY }

/**
 * What is on the disk below a directory, counted no further than `enough`; `sinceMs`: of files that changed since then,
 * which the kernel notes and no program can hide. Never follows a link.
 */
export async function usedIn(directory: string, enough: DiskUse = noEnd, sinceMs = 0): Promise<DiskUse> {
  const used = { bytes: 0, files: 0 }
  const ahead = [directory]
  for (let path = ahead.pop(); path !== undefined && isWithin(used, enough); path = ahead.pop()) {
    const entries = await opendir(path).catch(ignoreGone)
    for await (const entry of entries ?? []) {
      const child = `${path}/${entry.name}`
      if (entry.isDirectory()) ahead.push(child)
      const stats = await lstat(child).catch(ignoreGone)
      if (stats !== undefined && stats.ctimeMs >= sinceMs) add(used, stats)
      if (!isWithin(used, enough)) break
    }
  }
  return used
}

function isWithin(used: DiskUse, enough: DiskUse): boolean {
  return measures.every((what) => used[what] <= enough[what])
}

/** Of directories only the number counts: what they take is the file system's own. */
function add(used: DiskUse, stats: Stats): void {
  used.files += 1
  if (!stats.isDirectory()) used.bytes += stats.blocks * 512
}

/** Without end where the file system does not count its files. */
async function freeOn(directory: string): Promise<DiskUse> {
  const { bavail, bsize, files, ffree } = await statfs(directory)
  return { bytes: bavail * bsize, files: files > 0 ? ffree : Number.POSITIVE_INFINITY }
}

/** The step removes files while they are counted. */
function ignoreGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

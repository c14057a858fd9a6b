import type { Stats } from 'node:fs'
import { lstat, opendir, statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Watches what a RUN step writes, since overlayfs has no quota: every second it asks how much the disk has filled since
 * the step began, which costs nothing, and only when that is beyond the limit it counts the step's own files, because
 * others write to the same disk. It also ends a step before the disk is full for everyone.
 */
export type DiskVerdict = 'over-limit' | 'disk-full'

const everyMs = 1_000
/** Kept free for the platform itself: PostgreSQL on a full disk is the worst that can happen. */
const reserveBytes = 256 * 1024 ** 2

export type WatchedDisk = {
  /** On one disk. What is in the first is the step's; of the others only what it wrote. */
  directories: readonly string[]
  limitBytes: () => number
  seen: (bytes: number) => void
}

export async function watchDisk(
  { directories, limitBytes, seen }: WatchedDisk,
  ended: AbortSignal,
): Promise<DiskVerdict | undefined> {
  const [directory = '/', ...shared] = directories
  const before = await freeBytes(directory)
  const sinceMs = Date.now()
  while (!ended.aborted) {
    const waited = await pause(everyMs, true, { signal: ended, ref: false }).catch(() => false)
    if (!waited) return undefined
    const free = await freeBytes(directory)
    if (free < reserveBytes && before - free > reserveBytes / 4) return 'disk-full'
    if (before - free <= limitBytes()) continue
    let used = await usedBytes(directory, limitBytes())
    for (const each of shared) used += await usedBytes(each, limitBytes() - used, sinceMs)
    seen(used)
    if (used > limitBytes()) return 'over-limit'
  }
  return undefined
}

/**
 * Bytes on disk below a directory, counted no further than `enough`; `sinceMs`: of files that changed since then, which
 * the kernel notes and no program can hide. Never follows a link.
 */
export async function usedBytes(directory: string, enough: number, sinceMs = 0): Promise<number> {
  let bytes = 0
  const ahead = [directory]
  for (let path = ahead.pop(); path !== undefined && bytes <= enough; path = ahead.pop()) {
    const entries = await opendir(path).catch(ignoreGone)
    for await (const entry of entries ?? []) {
      const child = `${path}/${entry.name}`
      if (entry.isDirectory()) ahead.push(child)
      else bytes += changedBytes(await lstat(child).catch(ignoreGone), sinceMs)
    }
  }
  return bytes
}

function changedBytes(stats: Stats | undefined, sinceMs: number): number {
  return stats !== undefined && stats.ctimeMs >= sinceMs ? stats.blocks * 512 : 0
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

/** The step removes files while they are counted. */
function ignoreGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

import { closeSync, mkdirSync, openSync, rmdirSync } from 'node:fs'
import type { CommandRunner } from '@berth/command'
import type { IdRange } from '../filesystem.ts'
import { systemError } from './errors.ts'
import { mapMountIds, moveMount, openTree, unmount } from './syscalls.ts'
import { withUserNamespace } from './user-namespace.ts'

/**
 * One read-only mount of a directory per range of user ids, under which id 0 on the disk reads as the range's first id.
 * A mount is made when a range is first asked for, shared by everything that asks again, and kept for the most recent
 * ranges; an overlay that was mounted through it does not need it any longer.
 *
 * One mount per range and not per layer: thousands of id-mapped mounts have melted large hosts.
 */
export type IdMappedMounts = {
  /** A short path that leads to the directory as the range sees it. Good until others were asked for `keep` times. */
  pathFor(range: IdRange): Promise<string>
  close(): Promise<void>
}

type Mounted = { point: string; descriptor: number }

export function idMappedMounts(options: {
  commands: CommandRunner
  directory: string
  /** Where the mount points are made. */
  points: string
  /** How many ranges stay mounted. */
  keep?: number
}): IdMappedMounts {
  const { commands, directory, points, keep = 64 } = options
  const mounts = new Map<number, Promise<Mounted>>()

  const forget = (start: number, mounted: Promise<Mounted>) => {
    mounts.delete(start)
    // One that could not be made has told whoever asked for it, and there is nothing to release.
    return mounted.then(release, () => undefined)
  }

  return {
    async pathFor(range) {
      const mounted =
        mounts.get(range.start) ?? mountMapped(commands, directory, `${points}/${range.start}`, range)
      mounts.delete(range.start)
      mounts.set(range.start, mounted)
      mounted.catch(() => mounts.get(range.start) === mounted && mounts.delete(range.start))
      for (const [start, oldest] of mounts) if (mounts.size > keep) void forget(start, oldest)
      return `/proc/self/fd/${(await mounted).descriptor}`
    },
    async close() {
      await Promise.all([...mounts].map(([start, mounted]) => forget(start, mounted)))
    },
  }
}

async function mountMapped(
  commands: CommandRunner,
  directory: string,
  point: string,
  range: IdRange,
): Promise<Mounted> {
  mkdirSync(point, { recursive: true, mode: 0o700 })
  const tree = openTree(directory)
  try {
    await withUserNamespace(commands, range, (namespace) => mapMountIds(tree, namespace))
    moveMount(tree, point)
    return { point, descriptor: openSync(point, 'r') }
  } catch (error) {
    throw asUnsupported(error)
  } finally {
    closeSync(tree)
  }
}

function release({ point, descriptor }: Mounted): void {
  closeSync(descriptor)
  unmount(point)
  rmdirSync(point)
}

/** What the kernel says where it or the file system has no such mounts, in words; anything else as it is. */
export function asUnsupported(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (!['EINVAL', 'ENOSYS', 'EOPNOTSUPP'].includes(code)) return error
  return systemError['SYSTEM.ID_MAPPED_MOUNT_UNSUPPORTED']({ reason: code }, { cause: error })
}

import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { localRunner } from '@berth/command'
import { saysNoSpace } from '../system/is-disk-full.ts'
import { mount, unmount } from '../system/syscalls.ts'
import type { EngineHome } from '../testing/engine-home.ts'

export type Resource = 'bytes' | 'inodes'

/** A small disk of its own for an engine's home; what is in memory while it runs lies elsewhere, as under /run. */
export type SmallDisk = {
  options: EngineHome
  /** Fills it up to this many of the resource. */
  leave(resource: Resource, count: number): void
  makeRoom(): void
  free(): Record<Resource, number>
  remove(): void
}

export function makeSmallDisk(): SmallDisk {
  const home = mkdtempSync('/tmp/berth-disk-')
  const run = mkdtempSync('/tmp/berth-run-')
  mount({ source: 'berth-test', target: home, type: 'tmpfs', data: 'size=40m,nr_inodes=6000,mode=755' })
  const ballast = `${home}/ballast`
  const free = () => {
    const { bavail, bsize, ffree } = statfsSync(home)
    return { bytes: bavail * bsize, inodes: ffree }
  }
  return {
    options: { home, run, commands: localRunner },
    free,
    leave(resource, count) {
      mkdirSync(ballast)
      if (resource === 'bytes') fill(`${ballast}/bytes`, free().bytes - count)
      else for (let left = free().inodes; left > count; left -= 1) writeFileSync(`${ballast}/${left}`, '')
    },
    makeRoom: () => rmSync(ballast, { recursive: true, force: true }),
    remove() {
      unmount(home)
      rmSync(home, { recursive: true })
      rmSync(run, { recursive: true, force: true })
    },
  }
}

/** Somebody may take the last of it meanwhile. */
function fill(path: string, bytes: number): void {
  try {
    writeFileSync(path, Buffer.alloc(Math.max(0, bytes)))
  } catch (error) {
    if (!saysNoSpace(error)) throw error
  }
}

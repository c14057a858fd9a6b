import { linkSync, lstatSync, type Stats, unlinkSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type CopiedFiles, contentOf } from './copy-memory.ts'
import type { RootWriter } from './root-writer.ts'
import type { Targets } from './write-entries.ts'

/** Files to be linked into an upper directory once it is not mounted any more: path in the root → file to link. */
export type PlannedLinks = Map<string, string>

const entriesInOneGo = 500
const root = { uid: 0, gid: 0 }

/** Does it with links, and once more without where a link could not be made: a file has 65,000 at most. */
export async function withLinks<Result>(work: (linking: boolean) => Promise<Result>): Promise<Result> {
  try {
    return await work(true)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall !== 'link' || code === 'ENOSPC') throw error
    return work(false)
  }
}

/**
 * Takes from `targets` the files that an earlier layer holds already. Their directories are made, and what stands in
 * their place is removed. Through a mount the links themselves wait for `makeLinks`, since a file cannot be linked into
 * another file system.
 *
 * @throws EMLINK, ENOENT where the earlier layer does not hold out; nothing else depends on it
 */
export async function planLinks(
  writer: RootWriter,
  targets: Targets,
  remembered: CopiedFiles & { path: string },
): Promise<PlannedLinks> {
  const links: PlannedLinks = new Map()
  const directories = new Set<string>()
  const now = new Date()
  let count = 0
  for (const [name, { entry, places }] of targets) {
    const [place] = places
    if (entry.kind !== 'file' || place === undefined || places.length > 1) continue
    const real = writer.pathOf(place.path)
    const path = real.slice(writer.root.length)
    if (remembered.files.get(path) !== contentOf(entry, writer.ownerOf(root))) continue
    const source = `${remembered.path}${path}`
    if (writer.isUnmounted) writer.makeAt(place.path, (target) => linkSync(source, target))
    else {
      writer.freshPath(place.path)
      links.set(path, source)
      directories.add(dirname(real))
    }
    targets.delete(name)
    if (++count % entriesInOneGo === 0) await nextTurn()
  }
  // Changing its time makes overlayfs copy a directory up, with its owner and mode.
  for (const directory of directories) utimesSync(directory, now, now)
  return links
}

/** @throws EMLINK, ENOENT where the earlier layer does not hold out; nothing else depends on it */
export async function makeLinks(upper: string, links: PlannedLinks): Promise<void> {
  const times = new Map<string, Stats>()
  let count = 0
  for (const [path, source] of links) {
    const directory = dirname(`${upper}${path}`)
    if (!times.has(directory)) times.set(directory, lstatSync(directory))
    linkOver(source, `${upper}${path}`)
    if (++count % entriesInOneGo === 0) await nextTurn()
  }
  // Who planned the links has dated the directories already.
  for (const [path, { atimeMs, mtimeMs }] of times) utimesSync(path, atimeMs / 1000, mtimeMs / 1000)
}

/** Where a file of a lower layer was removed, overlayfs has left its mark. */
function linkOver(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    unlinkSync(target)
    linkSync(source, target)
  }
}

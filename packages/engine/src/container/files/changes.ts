import { closeSync, constants, lstatSync, readdirSync, type Stats } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ContainerChange } from '../../engine.ts'
import { nameTargets } from '../../network/name-files.ts'
import { kernelMountPoints } from '../../sandbox/oci-spec.ts'
import { openDirectory } from '../../system/open-in-root.ts'
import { getAttribute } from '../../system/syscalls.ts'
import { type Held, slotOf } from '../held-containers.ts'
import type { Slot } from '../slot.ts'
import { openDirectoryAt, through } from './place.ts'

/**
 * What a container has added, changed and deleted, against its image: what stands in its upper directory. A directory
 * in which something changed has changed itself; what lay in a deleted one is not told.
 */
export async function* containerChanges(held: Held, id: string): AsyncGenerator<ContainerChange> {
  const slot = slotOf(held, id)
  const layers = layersOf(held, slot)
  const isStub = stubsOf(slot, layers)
  const top = openIfThere(`${slot.directory}/upper`)
  if (top === undefined) return
  try {
    const ahead = ['']
    for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
      const { found, below } = changesIn(top, path, { layers, isStub })
      yield* found
      ahead.push(...below.reverse())
      await nextTurn()
    }
  } finally {
    closeSync(top)
  }
}

type Against = { layers: readonly string[]; isStub: (path: string, stats: Stats) => boolean }

function changesIn(
  top: number,
  directoryPath: string,
  { layers, isStub }: Against,
): { found: ContainerChange[]; below: string[] } {
  const found: ContainerChange[] = []
  const below: string[] = []
  for (const { name, stats } of entriesOf(top, directoryPath)) {
    const path = `${directoryPath}/${name}`
    if (isStub(path, stats)) continue
    const isDeleted = stats.isCharacterDevice() && stats.rdev === 0
    const holdsStubs = stats.isDirectory() && onlyStubs(top, path, isStub)
    if (holdsStubs) continue
    if (isDeleted) found.push({ path, kind: 'deleted' })
    else found.push({ path, kind: isInLayers(layers, path) ? 'changed' : 'added' })
    if (stats.isDirectory()) below.push(path)
  }
  return { found, below }
}

/** The runtime made them, and so changed the directory; the container did nothing. */
function onlyStubs(top: number, path: string, isStub: Against['isStub']): boolean {
  const entries = entriesOf(top, path)
  return entries.length > 0 && entries.every(({ name, stats }) => isStub(`${path}/${name}`, stats))
}

/** Read through the open directory: whoever renames it meanwhile leads nowhere else. */
function entriesOf(top: number, path: string): { name: string; stats: Stats }[] {
  let directory: number
  try {
    directory = openDirectoryAt(top, `.${path}`, constants.O_NOFOLLOW)
  } catch {
    // Gone meanwhile.
    return []
  }
  try {
    return readdirSync(through(directory))
      .sort()
      .flatMap((name) => {
        const stats = lstatSync(`${through(directory)}/${name}`, { throwIfNoEntry: false })
        return stats === undefined ? [] : [{ name, stats }]
      })
  } finally {
    closeSync(directory)
  }
}

/** Highest first. */
export function layersOf({ parts }: Held, { record }: Slot): string[] {
  return record.image.layers.map(parts.fileSystems.layerPath).reverse()
}

/**
 * What the runtime had to make to mount something over it: an empty file or directory that the image does not have.
 * `path` begins with a slash.
 */
export function stubsOf(slot: Slot, layers: readonly string[]): (path: string, stats: Stats) => boolean {
  const mounts = slot.record.spec.mounts?.map(({ target }) => target.replace(/\/+$/, '')) ?? []
  const targets = new Set([...nameTargets, ...kernelMountPoints, ...mounts])
  const upper = `${slot.directory}/upper`
  return (path, stats) => {
    if (!targets.has(path) || isInLayers(layers, path)) return false
    if (stats.isDirectory()) return readdirSync(`${upper}${path}`).length === 0
    return stats.isFile() && stats.size === 0
  }
}

/** Whether the layers together have something there. They are never changed, so nothing moves while we look. */
function isInLayers(layers: readonly string[], path: string): boolean {
  for (const layer of layers) {
    const answer = lookIn(layer, path)
    if (answer !== 'look below') return answer === 'there'
  }
  return false
}

function lookIn(layer: string, path: string): 'there' | 'not there' | 'look below' {
  const parts = path.split('/').filter((part) => part !== '')
  let place = layer
  for (const [depth, part] of parts.entries()) {
    const isOpaque = depth > 0 && getAttribute(place, 'trusted.overlay.opaque')?.toString() === 'y'
    place = `${place}/${part}`
    const stats = lstatSync(place, { throwIfNoEntry: false })
    if (stats === undefined) return isOpaque ? 'not there' : 'look below'
    if (stats.isCharacterDevice() && stats.rdev === 0) return 'not there'
    if (depth < parts.length - 1 && !stats.isDirectory()) return 'not there'
  }
  return 'there'
}

/** One that was never started has no upper directory. */
function openIfThere(path: string): number | undefined {
  try {
    return openDirectory(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

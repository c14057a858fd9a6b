import { lstatSync, readdirSync, rmdirSync, type Stats } from 'node:fs'
import type { IdRange } from '../filesystem.ts'
import { getAttribute, listAttributes } from '../system/syscalls.ts'

/**
 * overlayfs copies a directory up as soon as something is made in it, also what is gone again: the mount points of a
 * step in /etc, a temporary file in /tmp. Such a directory, empty and just as the layers below have it, says nothing;
 * it is taken out of the upper directory. Times do not count.
 *
 * True: the upper directory says nothing at all. Only its first levels are looked at; what is left there costs an inode.
 */
export function dropCopiedUp(upper: string, layers: readonly string[], range: IdRange | null): boolean {
  const start = range?.start ?? 0
  const merged: Merged[] = [{ path: upper, below: layers.toReversed() }]
  for (let next = 0; next < merged.length && merged.length < mostDirectories; next += 1) {
    merged.push(...mergedInside(merged[next] as Merged, start))
  }
  for (const { path } of merged.slice(1).reverse()) removeEmpty(path)
  return readdirSync(upper).length === 0 && isSame(lstatSync(upper), freshRoot, start)
}

/** A directory of the upper directory, and those of the layers that show through it, the highest first. */
type Merged = { path: string; below: readonly string[] }

const mostDirectories = 256
const opaque = 'trusted.overlay.opaque'

/** The root of an upper directory begins as 0755 of root, whatever lies below. */
const freshRoot = { mode: 0o40755, uid: 0, gid: 0 }

function mergedInside({ path, below }: Merged, start: number): Merged[] {
  const directories = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return directories
    .map(({ name }) => ({ path: `${path}/${name}`, below: showingThrough(below, name) }))
    .filter((inner) => isCopy(inner, start))
}

/** A layer that deletes it, has something else in its place, or says that it is opaque hides what lies further down. */
function showingThrough(below: readonly string[], name: string): string[] {
  const shown: string[] = []
  for (const layer of below) {
    const path = `${layer}/${name}`
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) continue
    if (!stats.isDirectory()) break
    shown.push(path)
    if (getAttribute(path, opaque) !== null) break
  }
  return shown
}

function isCopy({ path, below }: Merged, start: number): boolean {
  const [highest] = below
  if (highest === undefined || !isSame(lstatSync(path), lstatSync(highest), start)) return false
  const own = listAttributes(path).filter((name) => name === opaque || !name.startsWith('trusted.overlay.'))
  return own.length === 0
}

type Attributes = Pick<Stats, 'mode' | 'uid' | 'gid'>

function isSame(stats: Attributes, other: Attributes, start: number): boolean {
  return stats.mode === other.mode && stats.uid - start === other.uid && stats.gid - start === other.gid
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
  }
}

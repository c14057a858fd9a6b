import { lstatSync, readdirSync, type Stats } from 'node:fs'
import type { IdRange } from '../filesystem.ts'
import { getAttribute } from '../system/syscalls.ts'

const mostDirectories = 64

/**
 * Whether an upper directory says nothing that the layers below it do not say: it holds directories only, each as the
 * layers have it. overlayfs copies a directory up as soon as something is made in it, also what is gone again, such as
 * the mount points of a step. Times do not count.
 */
export function changesNothing(upper: string, below: readonly string[], range: IdRange | null): boolean {
  const start = range?.start ?? 0
  const ahead = ['']
  for (let count = 0; ahead.length > 0; count++) {
    const path = ahead.pop() ?? ''
    const stats = lstatSync(`${upper}${path}`)
    if (count === mostDirectories || !stats.isDirectory()) return false
    if (!isSame(stats, lowerDirectory(below, path), start)) return false
    if (getAttribute(`${upper}${path}`, 'trusted.overlay.opaque') !== null) return false
    for (const name of readdirSync(`${upper}${path}`)) ahead.push(`${path}/${name}`)
  }
  return true
}

type Attributes = Pick<Stats, 'mode' | 'uid' | 'gid'>

/** The root of an upper directory begins as 0755 of root, whatever lies below. */
const freshRoot: Attributes = { mode: 0o40755, uid: 0, gid: 0 }

function lowerDirectory(below: readonly string[], path: string): Attributes | undefined {
  if (path === '') return freshRoot
  for (const layer of below.toReversed()) {
    const stats = lstatSync(`${layer}${path}`, { throwIfNoEntry: false })
    if (stats !== undefined) return stats
  }
  return undefined
}

function isSame(stats: Attributes, other: Attributes | undefined, start: number): boolean {
  return (
    other !== undefined &&
    stats.mode === other.mode &&
    stats.uid - start === other.uid &&
    stats.gid - start === other.gid
  )
}

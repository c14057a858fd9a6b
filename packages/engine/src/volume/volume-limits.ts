import type { DiskLimits, DiskUse } from '../port/volumes.ts'
import { volumeError } from './errors.ts'

/** Less is not even room for a program's own directories. */
const least: DiskUse = { bytes: 65_536, files: 16 }
const measures = ['bytes', 'files'] as const

/** @throws VOLUME.INVALID_LIMIT */
export function assertLimits(limits: DiskLimits): void {
  for (const what of measures) {
    const given = limits[what]
    if (given === null || (Number.isSafeInteger(given) && given >= least[what])) continue
    throw volumeError['VOLUME.INVALID_LIMIT']({ what, given, least: least[what] })
  }
}

/** @throws VOLUME.LIMIT_BELOW_USE */
export function assertFits(name: string, limits: DiskLimits, used: DiskUse | undefined): void {
  for (const what of measures) {
    if (used === undefined || used[what] <= (limits[what] ?? Number.POSITIVE_INFINITY)) continue
    throw volumeError['VOLUME.LIMIT_BELOW_USE']({ name, what, used: used[what] })
  }
}

/** Root's own writing is not held up by every file system. */
export function fits(limits: DiskLimits, used: DiskUse | undefined): boolean {
  return measures.every((what) => (used?.[what] ?? 0) <= (limits[what] ?? Number.POSITIVE_INFINITY))
}

/** No room for what a program writes at once. */
export function isAlmostFull({ bytes, files }: DiskLimits, used: DiskUse | undefined): boolean {
  const most = {
    bytes: (bytes ?? Number.POSITIVE_INFINITY) - least.bytes,
    files: (files ?? Number.POSITIVE_INFINITY) - 1,
  }
  return used !== undefined && measures.some((what) => used[what] >= most[what])
}

export function isLimited(limits: DiskLimits): boolean {
  return measures.some((what) => limits[what] !== null)
}

export function isSameLimits(one: DiskLimits, other: DiskLimits): boolean {
  return measures.every((what) => one[what] === other[what])
}

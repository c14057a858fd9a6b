import { statfs } from 'node:fs/promises'
import { patiently } from '@berth/deploy'
import type { Parts } from '../parts.ts'

/** Told of at the one, over at the other: what lies in between changes nothing. */
const filling = 0.85
const roomy = 0.8

/** Tells of the disk that everything lies on, before it is full. Files count as much as bytes: either can run out. */
export function openDiskWatch(
  parts: Pick<Parts, 'settings' | 'stores' | 'notify'>,
  read: (path: string) => Promise<FileSystemCounts> = statfs,
): { look(): Promise<void> } {
  const path = parts.settings.home
  let isTold: boolean | undefined
  return {
    async look() {
      isTold ??= (await patiently(() => parts.stores.notifications.openSubjects('disk-filling/'))).length > 0
      const { usedFraction, freeBytes } = diskUse(await read(path))
      const isOver = isTold && usedFraction < roomy
      if (!isOver && (isTold || usedFraction < filling)) return
      isTold = !isOver
      const phase = isOver ? 'ended' : 'begun'
      parts.notify({ kind: 'disk-filling', app: null, path, usedFraction, freeBytes, phase })
    },
  }
}

type FileSystemCounts = {
  bsize: number
  blocks: number
  bfree: number
  bavail: number
  files: number
  ffree: number
}

/** As `df` says it: what is kept for root counts as neither used nor free. File systems without a number of files say 0. */
export function diskUse({ bsize, blocks, bfree, bavail, files, ffree }: FileSystemCounts) {
  const used = blocks - bfree
  const ofBytes = used + bavail === 0 ? 0 : used / (used + bavail)
  const ofFiles = files === 0 ? 0 : (files - ffree) / files
  return {
    usedFraction: Math.max(ofBytes, ofFiles),
    usedBytes: used * bsize,
    freeBytes: bavail * bsize,
    totalBytes: (used + bavail) * bsize,
  }
}

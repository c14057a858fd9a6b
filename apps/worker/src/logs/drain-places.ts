import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DrainPlaces } from '@berth/observe'
import type { Report } from '../parts.ts'

/** Up to which line a drain has got, in a file beside the app's log: with the log, it goes. */
export function drainPlaces(path: string, report: Report): DrainPlaces & { remove(): void } {
  let written: number | null = null
  return {
    read() {
      const text = readIfThere(path)
      return /^\d{1,15}$/.test(text) ? Number(text) : null
    },
    write(after) {
      if (after === written) return
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
        writeFileSync(`${path}.next`, `${after}\n`, { mode: 0o640 })
        renameSync(`${path}.next`, path)
        written = after
      } catch (error) {
        // A full disk: lines may be sent twice then, and none is lost.
        report('keeping the place of a drain', error)
      }
    },
    remove: () => rmSync(path, { force: true }),
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

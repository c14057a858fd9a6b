import { type FileHandle, open, stat } from 'node:fs/promises'
import type { StageEvent } from '@berth/domain'
import { parseStageLine } from './stage-line.ts'

/** A place in a stage's file: the next event's number, and where it begins. */
export type Place = { number: number; offset: number }

export const firstPlace = (): Place => ({ number: 0, offset: 0 })

const blockBytes = 64 * 1024

/** Reads on from `place` to the end of the file, and leaves `place` behind the last whole line. No file: no events. */
export async function* eventsFrom(path: string, place: Place): AsyncIterable<StageEvent> {
  const file = await open(path, 'r').catch(ignoreMissing)
  if (!file) return
  try {
    for await (const line of wholeLines(file, place)) {
      const event = parseStageLine(line)
      if (event) place.number += 1
      if (event) yield event
    }
  } finally {
    await file.close()
  }
}

/** Reads the last block alone: is the end there? */
export async function endsWithEnd(path: string): Promise<boolean> {
  const sizeBytes = (await stat(path).catch(ignoreMissing))?.size ?? 0
  for await (const event of eventsFrom(path, { number: 0, offset: Math.max(0, sizeBytes - blockBytes) })) {
    if (event.kind === 'ended') return true
  }
  return false
}

async function* wholeLines(file: FileHandle, place: Place): AsyncIterable<string> {
  let rest = Buffer.alloc(0)
  for (;;) {
    const block = Buffer.alloc(blockBytes)
    const { bytesRead } = await file.read(block, 0, blockBytes, place.offset + rest.length)
    if (bytesRead === 0) return
    const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)])
    const whole = bytes.lastIndexOf(0x0a) + 1
    rest = bytes.subarray(whole)
    for (const line of bytes.toString('utf8', 0, whole).split('\n')) if (line !== '') yield line
    place.offset += whole
  }
}

export function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

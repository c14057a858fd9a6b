import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { finest, type Resolution, resolutions, startOf } from './resolutions.ts'
import type { SlotCodec } from './slot-codec.ts'

/**
 * One series of figures in one file, which never grows: a ring of slots for each resolution, one behind the other. Where a
 * moment's slot lies follows from the moment, so there is no index to keep, and nothing to repair: a slot that a crash left
 * half written, or that is of a former round, fails its own check and counts as missing. Slots that were never written take
 * no room on the disk.
 *
 * Coarse slots are made of the finer ones that lie in the file, each time that one of those is written: a worker that is
 * killed loses what it had in memory (a minute), and nothing of an hour that it had begun.
 */
export type Slot<Value> = { at: number; value: Value }

export type Shape<Value> = { codec: SlotCodec<Value>; merge(earlier: Value, later: Value): Value }

/** Slots of the finest resolution, oldest first, and those that they are part of. @throws what the disk says */
export function writeSlots<Value>(path: string, shape: Shape<Value>, slots: readonly Slot<Value>[]): void {
  const file = openSync(path, openToChange, 0o640)
  try {
    for (const { at, value } of slots) writeSlot(file, shape, finest, { at, value })
    for (const [place, coarse] of resolutions.entries()) {
      const finer = resolutions[place - 1]
      if (finer === undefined) continue
      for (const at of new Set(slots.map((slot) => startOf(slot.at, coarse.stepMs)))) {
        const parts = readRange(file, shape, finer, { from: at, to: at + coarse.stepMs })
        const [first, ...rest] = parts.map((part) => part.value)
        if (first !== undefined)
          writeSlot(file, shape, coarse, { at, value: rest.reduce(shape.merge, first) })
      }
    }
  } finally {
    closeSync(file)
  }
}

/** What there is from `from` until before `to`, oldest first. No file: nothing. @throws what the disk says */
export function readSlots<Value>(
  path: string,
  shape: Shape<Value>,
  resolution: Resolution,
  range: Range,
): Slot<Value>[] {
  const file = openIfThere(path)
  if (file === null) return []
  try {
    return readRange(file, shape, resolution, range)
  } finally {
    closeSync(file)
  }
}

/** Of every series of this shape, whatever it holds. */
export function ringBytes({ codec }: Pick<Shape<unknown>, 'codec'>): number {
  return resolutions.reduce((sum, { slots }) => sum + slots * codec.bytes, 0)
}

type Range = { from: number; to: number }

/** Read and write, made where it is missing, never emptied. */
const openToChange = 0o2 | 0o100

function writeSlot<Value>(file: number, { codec }: Shape<Value>, resolution: Resolution, slot: Slot<Value>) {
  const bytes = codec.encode(slot.value, slot.at)
  writeSync(file, bytes, 0, bytes.length, placeOf(codec, resolution, slot.at))
}

function readRange<Value>(
  file: number,
  { codec }: Shape<Value>,
  resolution: Resolution,
  range: Range,
): Slot<Value>[] {
  const { stepMs, slots } = resolution
  const to = Math.ceil(range.to / stepMs) * stepMs
  const from = Math.max(startOf(range.from, stepMs), to - slots * stepMs)
  const found: Slot<Value>[] = []
  for (let at = from; at < to; ) {
    const index = (at / stepMs) % slots
    const run = Math.min((to - at) / stepMs, slots - index)
    const bytes = Buffer.alloc(run * codec.bytes)
    const read = readSync(file, bytes, 0, bytes.length, placeOf(codec, resolution, at))
    for (let place = 0; place + codec.bytes <= read; place += codec.bytes) {
      const then = at + (place / codec.bytes) * stepMs
      const value = codec.decode(bytes.subarray(place, place + codec.bytes), then)
      if (value !== null) found.push({ at: then, value })
    }
    at += run * stepMs
  }
  return found
}

function placeOf(codec: SlotCodec<unknown>, { stepMs, slots }: Resolution, at: number): number {
  const before = resolutions.slice(
    0,
    resolutions.findIndex((each) => each.stepMs === stepMs),
  )
  const begin = before.reduce((sum, each) => sum + each.slots * codec.bytes, 0)
  return begin + ((at / stepMs) % slots) * codec.bytes
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

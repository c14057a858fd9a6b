import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import {
  isMark,
  type LogMark,
  type NewLogLine,
  parseMark,
  printLogLine,
  printMark,
  timeOf,
} from './log-record.ts'
import { listSegments, type Segment, sealSegment, segmentPath } from './segments.ts'

/**
 * The log of one app on the disk, by whoever writes it; one writer at a time. Promises:
 * - Lines and marks of one `append` are written together, or, where the disk is full or fails, not at all.
 * - Numbers only grow, over restarts and over the removal of what is old.
 * - It takes no more than `maxBytes` on the disk, and one piece; what is older than `maxAgeMs` goes within a seventh of it.
 */
export type AppLog = {
  /** False: the disk did not take it. Nothing of it is there then. */
  append(lines: readonly NewLogLine[], marks?: readonly LogMark[]): boolean
  /** By key: what was remembered with the lines that are there. */
  marks: ReadonlyMap<string, string>
  /** Oldest first; the last one is being written. */
  segments(): readonly Segment[]
  /** Of the oldest line that is kept, or the next one. */
  firstNumber(): number
  /** Of the line that comes next. */
  nextNumber(): number
  /** Removes what is too old or too much. */
  prune(now: number): void
  /** Resolves when nothing is being packed. */
  settled(): Promise<void>
}

export type AppLogLimits = { maxBytes: number; maxAgeMs: number }

const mostSegmentBytes = 4 * 1024 * 1024
const placeEveryBytes = 16 * 1024
const sealWithinMs = 24 * 60 * 60_000

export function openAppLog(
  directory: string,
  limits: AppLogLimits,
  report: (doing: string, error: unknown) => void,
): AppLog {
  mkdirSync(directory, { recursive: true, mode: 0o750 })
  const segmentBytes = Math.min(mostSegmentBytes, Math.ceil(limits.maxBytes / 8))
  const marks = new Map<string, string>()
  const segments = listSegments(directory)
  let packing = Promise.resolve()
  let written = openLast()

  /** What the last writer has left; a line that a power failure has torn goes. */
  function openLast(): Written {
    for (const segment of segments.slice(0, -1)) if (!segment.sealed) pack(segment)
    const last = segments.at(-1)
    if (last === undefined) return begin(1)
    const records = last.sealed ? packedRecords(last.path) : wholeRecords(last)
    records.filter(isMark).map(parseMark).forEach(take)
    const times = records.filter((record) => !isMark(record)).map(timeOf)
    const next = last.first + times.length
    if (last.sealed) return begin(next)
    last.newestMs = Math.max(...times.slice(-100), 0) || last.newestMs
    return { segment: last, next, oldestMs: times[0] ?? Date.now() }
  }

  function begin(first: number): Written {
    const path = segmentPath(directory, first)
    const segment = { first, path, sealed: false, bytes: 0, newestMs: Date.now(), places: [] }
    // Where the disk takes nothing now, the marks go in front of what it takes first.
    write(segment, remembered())
    segments.push(segment)
    return { segment, next: first, oldestMs: Date.now() }
  }

  function remembered(): string {
    return [...marks].map(([key, value]) => printMark({ key, value })).join('')
  }

  function take({ key, value }: LogMark): void {
    if (value === null) marks.delete(key)
    else marks.set(key, value)
  }

  function append(lines: readonly NewLogLine[], newMarks: readonly LogMark[] = []): boolean {
    if (written.segment.bytes >= segmentBytes) rotate()
    if (lines.length === 0 && newMarks.length === 0) return true
    const place = { number: written.next, offset: written.segment.bytes }
    const head = place.offset === 0 ? remembered() : ''
    const text = head + lines.map(printLogLine).join('') + newMarks.map(printMark).join('')
    if (!write(written.segment, text) && !(makeRoom() && write(written.segment, text))) return false
    newMarks.forEach(take)
    count(lines, place)
    return true
  }

  function count(lines: readonly NewLogLine[], place: Segment['places'][number]): void {
    const { segment } = written
    if (place.number === segment.first && lines[0]) written.oldestMs = lines[0].atMs
    written.next += lines.length
    for (const { atMs } of lines) segment.newestMs = Math.max(segment.newestMs, atMs)
    if (place.offset - (segment.places.at(-1)?.offset ?? 0) > placeEveryBytes) segment.places.push(place)
  }

  /** A new piece; the one before is packed meanwhile. */
  function rotate(): void {
    const { segment, next } = written
    written = begin(next)
    pack(segment)
    keepWithin(limits.maxBytes)
  }

  function pack(segment: Segment): void {
    packing = packing.then(async () => {
      try {
        const sealed = await sealSegment(segment)
        const place = segments.indexOf(segment)
        if (place === -1) rmSync(sealed.path, { force: true })
        else segments[place] = sealed
      } catch (error) {
        // It is read as it is, and counts with its whole size.
        if (segments.includes(segment)) report('packing a piece of a log', error)
      }
    })
  }

  /** On a full disk the newest lines are worth more than the oldest. */
  function makeRoom(): boolean {
    if (segments.length < 2) return false
    removeOldest()
    return true
  }

  function keepWithin(maxBytes: number): void {
    const total = () => segments.reduce((sum, { bytes }) => sum + bytes, 0)
    while (segments.length > 1 && total() > maxBytes) removeOldest()
  }

  function removeOldest(): void {
    const oldest = segments.shift()
    if (oldest === undefined) return
    rmSync(oldest.path, { force: true })
    if (!oldest.sealed) rmSync(`${oldest.path}.zst`, { force: true })
  }

  return {
    append,
    marks,
    segments: () => segments,
    firstNumber: () => segments[0]?.first ?? written.next,
    nextNumber: () => written.next,
    prune(now) {
      const age = Math.min(sealWithinMs, limits.maxAgeMs / 7)
      if (written.next > written.segment.first && now - written.oldestMs > age) rotate()
      while (segments.length > 1 && now - (segments[0]?.newestMs ?? now) > limits.maxAgeMs) removeOldest()
      keepWithin(limits.maxBytes)
    },
    settled: () => packing,
  }
}

type Written = { segment: Segment; next: number; oldestMs: number }

/** All of it or nothing: what was written of a text that did not fit is taken back. */
function write(segment: Segment, text: string): boolean {
  const bytes = Buffer.from(text)
  let file: number | undefined
  try {
    file = openSync(segment.path, 'a', 0o640)
    const written = writeSync(file, bytes)
    if (written < bytes.length) ftruncateSync(file, segment.bytes)
    else segment.bytes += bytes.length
    return written === bytes.length
  } catch (error) {
    if (isDiskError(error)) return false
    throw error
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The file is cut behind the last of them. */
function wholeRecords(segment: Segment): string[] {
  const all = readFileSync(segment.path)
  segment.bytes = all.lastIndexOf(0x0a) + 1
  if (segment.bytes < all.length) {
    const file = openSync(segment.path, 'r+')
    ftruncateSync(file, segment.bytes)
    closeSync(file)
  }
  return recordsIn(all.subarray(0, segment.bytes))
}

function packedRecords(path: string): string[] {
  return recordsIn(zstdDecompressSync(readFileSync(path)))
}

function recordsIn(bytes: Buffer): string[] {
  const records = bytes.toString('utf8').split('\n')
  records.pop()
  return records
}

function isDiskError(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'].includes(code)
}

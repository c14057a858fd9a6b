import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { StageEvent } from '@berth/domain'
import { parseStageLine, printStageLine } from './stage-line.ts'
import { thinProgress } from './thin-progress.ts'

/**
 * Appends one stage's events to its file. Promises:
 * - `append` never throws and does not wait for a reader. It writes at once (a few microseconds into the page cache), so that
 *   a killed worker has lost nothing of what it told.
 * - A file goes on where it ended: what a crash left half written becomes a line of its own, which readers skip.
 * - The size is bounded: beyond the limit one warning, then only sections, steps and the end; beyond a second limit
 *   only the end.
 * - Of a transfer's progress no more is kept than one event a second.
 * - A full disk loses events, never a build.
 */
export type StageWriter = {
  /** False where the disk did not take it. */
  append(event: StageEvent): boolean
  /** The event that ended the stage. */
  readonly ended: StageEvent | undefined
  /** Events were there before this writer: the stage is being done again. */
  readonly continued: boolean
  close(): void
}

export type StageLimits = { maxBytes: number; maxLines: number }

export const defaultStageLimits: StageLimits = { maxBytes: 64 * 1024 * 1024, maxLines: 200_000 }

/** How much more sections and steps may take once lines are no longer kept. */
const reserve: StageLimits = { maxBytes: 4 * 1024 * 1024, maxLines: 20_000 }

/** What a full log does without. */
const lossy: ReadonlySet<StageEvent['kind']> = new Set(['line', 'warning', 'progress', 'check'])

export function openStageWriter(path: string, limits: StageLimits): StageWriter {
  const found = survey(path)
  const state = { ...found, full: isBeyond(found, limits), fd: openSync(path, 'a', 0o640) }
  const continued = found.lines > 0
  const isWorthKeeping = thinProgress()

  function append(event: StageEvent): boolean {
    if (state.ended !== undefined || !isWorthKeeping(event)) return true
    if (event.kind === 'ended') state.ended = event
    if (!state.full && isBeyond(state, limits)) {
      state.full = true
      write({ kind: 'warning', at: event.at, text: fullText(limits) })
    }
    return !isKept(event) || write(event)
  }

  function isKept(event: StageEvent): boolean {
    if (!state.full || event.kind === 'ended') return true
    if (lossy.has(event.kind)) return false
    const last = {
      maxBytes: limits.maxBytes + reserve.maxBytes,
      maxLines: limits.maxLines + reserve.maxLines,
    }
    return !isBeyond(state, last)
  }

  function write(event: StageEvent): boolean {
    const bytes = Buffer.from(`${state.torn ? '\n' : ''}${printStageLine(event)}`)
    try {
      state.torn = writeSync(state.fd, bytes) < bytes.length
    } catch {
      // A full or failing disk: the record in the database still tells how the stage ended.
      state.torn = true
    }
    state.bytes += bytes.length
    state.lines += 1
    return !state.torn
  }

  return {
    append,
    get ended() {
      return state.ended
    },
    continued,
    close: () => closeSync(state.fd),
  }
}

type Survey = { bytes: number; lines: number; torn: boolean; ended: StageEvent | undefined }

/** What an earlier worker left: read once, in blocks, at most as much as a stage may write. */
function survey(path: string): Survey {
  const found: Survey = { bytes: 0, lines: 0, torn: false, ended: undefined }
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return found
    throw error
  }
  try {
    const block = Buffer.alloc(256 * 1024)
    let last = Buffer.alloc(0)
    for (let read = readSync(fd, block); read > 0; read = readSync(fd, block)) {
      const part = block.subarray(0, read)
      found.bytes += read
      found.lines += count(part)
      last = Buffer.concat([last, part]).subarray(-block.length)
    }
    found.torn = found.bytes > 0 && last.at(-1) !== 0x0a
    found.ended = lastEvent(last.toString())
    return found
  } finally {
    closeSync(fd)
  }
}

function count(block: Buffer): number {
  let lines = 0
  for (let at = block.indexOf(0x0a); at !== -1; at = block.indexOf(0x0a, at + 1)) lines += 1
  return lines
}

function lastEvent(text: string): StageEvent | undefined {
  const event = parseStageLine(text.trimEnd().split('\n').at(-1) ?? '')
  return event?.kind === 'ended' ? event : undefined
}

function isBeyond(size: { bytes: number; lines: number }, limits: StageLimits): boolean {
  return size.bytes >= limits.maxBytes || size.lines >= limits.maxLines
}

function fullText(limits: StageLimits): string {
  const megabytes = Math.max(1, Math.round(limits.maxBytes / 1024 / 1024))
  return `This log has reached its limit (${megabytes} MB or ${limits.maxLines} lines): what is printed from here on is not kept.`
}

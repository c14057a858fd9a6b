import type { LogLine } from '../engine.ts'

/**
 * The log format that Kubernetes settled on and conmon writes: `TIME STREAM TAG TEXT`, where TAG is F for the end of a line and
 * P for a piece of one. Source: kubernetes design-proposals/node/kubelet-cri-logging.md; conmon's src/ctr_logging.c.
 */

/** Longer lines come out in pieces of this size: nobody reads them, and a reader must not run out of memory. */
export const maxLineBytes = 65_536
const newline = 0x0a
const space = 0x20

export type LogParser = {
  /** The lines that are complete now. Bytes may end anywhere. */
  push(bytes: Buffer): LogLine[]
  /** What was printed without an end of line. */
  flush(): LogLine[]
}

export function logParser(): LogParser {
  const split = recordSplitter()
  const pieces = new Map<string, { at: Date; parts: Buffer[]; bytes: number }>()

  const take = (record: Buffer): LogLine[] => {
    const parsed = parseRecord(record)
    if (parsed === undefined) return []
    const open = pieces.get(parsed.stream) ?? { at: parsed.at, parts: [], bytes: 0 }
    open.parts.push(parsed.text)
    open.bytes += parsed.text.length
    pieces.set(parsed.stream, open)
    if (!parsed.full && open.bytes < maxLineBytes) return []
    pieces.delete(parsed.stream)
    return [line(parsed.stream, open)]
  }
  return {
    push: (bytes) => split(bytes).flatMap(take),
    flush() {
      const lines = [...pieces].map(([stream, open]) => line(stream as LogLine['stream'], open))
      pieces.clear()
      return lines
    },
  }
}

export type LogPiece = {
  lines: LogLine[]
  /** Where one can begin to read again, behind each of the lines; -1: another line is not complete there. */
  ends: number[]
}

/**
 * The lines of a part of a log that begins where a record does. It remembers nothing, so whoever keeps one of `ends` in
 * mind can go on there at any time. `isLast`: nothing follows, and what has no end of line is a line, too.
 */
export function parseLogPiece(bytes: Buffer, isLast: boolean): LogPiece {
  const open = new Map<LogLine['stream'], { at: Date; parts: Buffer[]; bytes: number }>()
  const piece: LogPiece = { lines: [], ends: [] }
  let from = 0
  const take = (stream: LogLine['stream']) => {
    const whole = open.get(stream)
    if (whole === undefined) return
    open.delete(stream)
    piece.lines.push(line(stream, whole))
    piece.ends.push(open.size === 0 ? from : -1)
  }
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
    const record = parseRecord(bytes.subarray(from, end))
    from = end + 1
    if (record === undefined) continue
    const before = open.get(record.stream) ?? { at: record.at, parts: [], bytes: 0 }
    before.parts.push(record.text)
    before.bytes += record.text.length
    open.set(record.stream, before)
    if (record.full || before.bytes >= maxLineBytes) take(record.stream)
  }
  // A prompt without an end of line must not hold up what the other stream prints.
  const isHeldUp = piece.lines.length > 0 && piece.ends.every((end) => end === -1)
  if (isLast || isHeldUp) for (const stream of [...open.keys()]) take(stream)
  return piece
}

/** The bytes as they were printed, piece by piece, for whoever wants no lines. */
export function outputParser(): (bytes: Buffer) => { stream: LogLine['stream']; bytes: Buffer }[] {
  const split = recordSplitter()
  return (bytes) =>
    split(bytes).flatMap((record) => {
      const parsed = parseRecord(record)
      if (parsed === undefined) return []
      const { stream, full, text } = parsed
      return [{ stream, bytes: full ? Buffer.concat([text, lineEnd]) : text }]
    })
}

const lineEnd = Buffer.from('\n')

/** One record for a log file, as conmon would write it. */
export function formatRecord(stream: LogLine['stream'], text: string, at: Date): string {
  return `${at.toISOString()} ${stream} F ${text}\n`
}

/** Does a record, without its newline, end a line of this stream, or of any? */
export function endsLine(record: Buffer, stream?: LogLine['stream']): boolean {
  const parsed = parseRecord(record)
  return (parsed?.full ?? false) && (stream === undefined || parsed?.stream === stream)
}

/** The records that are complete now. Bytes may end anywhere. */
function recordSplitter(): (bytes: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    const { records, remainder } = splitRecords(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]))
    // A record of conmon holds at most one read of its pipe; anything longer is not a record.
    rest = remainder.length > 4 * maxLineBytes ? Buffer.alloc(0) : remainder
    return records
  }
}

function splitRecords(bytes: Buffer): { records: Buffer[]; remainder: Buffer } {
  const records: Buffer[] = []
  let from = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
    records.push(bytes.subarray(from, end))
    from = end + 1
  }
  return { records, remainder: Buffer.from(bytes.subarray(from)) }
}

function parseRecord(record: Buffer) {
  const first = record.indexOf(space)
  const second = record.indexOf(space, first + 1)
  const third = record.indexOf(space, second + 1)
  if (first < 0 || second < 0 || third < 0) return undefined
  const at = new Date(record.toString('latin1', 0, first))
  const stream = record.toString('latin1', first + 1, second)
  if (Number.isNaN(at.getTime()) || (stream !== 'stdout' && stream !== 'stderr')) return undefined
  const full = record.toString('latin1', second + 1, third) !== 'P'
  return { at, stream, full, text: record.subarray(third + 1) } as const
}

function line(stream: LogLine['stream'], open: { at: Date; parts: Buffer[] }): LogLine {
  return { at: open.at, stream, text: Buffer.concat(open.parts).toString('utf8') }
}

import { setImmediate } from 'node:timers/promises'
import type { AppLogLine } from './app-log-line.ts'
import { parseLogLine } from './log-record.ts'
import { readSegment, type Segment } from './segments.ts'

/**
 * Lines of a piece, read as a whole: some 4 MB at a time, whoever reads and however much there is. Between a few thousand
 * lines others get their turn.
 */
const linesATurn = 2_000

/** From number `after` + 1 on. */
export async function* linesAfter(segment: Segment, after: number): AsyncGenerator<AppLogLine> {
  const place = segment.places.findLast(({ number }) => number <= after + 1)
  const split = splitLines(await readSegment(segment, place?.offset), place?.number ?? segment.first)
  for (
    let number = Math.max(split.first, after + 1);
    number < split.first + split.starts.length;
    number += 1
  ) {
    yield lineAt(split, number)
    if (number % linesATurn === 0) await setImmediate()
  }
}

/** From number `before` - 1 down. */
export async function* linesBefore(segment: Segment, before: number): AsyncGenerator<AppLogLine> {
  const split = splitLines(await readSegment(segment), segment.first)
  for (
    let number = Math.min(split.first + split.starts.length, before) - 1;
    number >= split.first;
    number -= 1
  ) {
    yield lineAt(split, number)
    if (number % linesATurn === 0) await setImmediate()
  }
}

type Split = { bytes: Buffer; first: number; starts: readonly number[] }

/** Where lines begin; marks are none, nor is what has no end yet. */
function splitLines(bytes: Buffer, first: number): Split {
  const starts: number[] = []
  let from = 0
  for (let end = bytes.indexOf(lineEnd); end !== -1; end = bytes.indexOf(lineEnd, from)) {
    if (bytes[from] !== markSign) starts.push(from)
    from = end + 1
  }
  return { bytes, first, starts }
}

const lineEnd = 0x0a
const markSign = 0x40

function lineAt({ bytes, first, starts }: Split, number: number): AppLogLine {
  const start = starts[number - first] ?? 0
  return parseLogLine(bytes.toString('utf8', start, bytes.indexOf(lineEnd, start)), number)
}

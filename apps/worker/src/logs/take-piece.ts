import type { LogPlace, PlacedLines } from '@berth/engine'
import type { NewLogLine } from '@berth/observe'
import type { LogOrigin } from './log-origin.ts'

/** What of a piece can be taken over now, and where to go on afterwards. */
export type Taken = { lines: NewLogLine[]; place: LogPlace; more: boolean }

/** A line that is later by more than this was stamped by a clock that has been turned back since: it is not waited for. */
const mostHeldMs = 2_000

/**
 * Takes the lines that are not later than `untilMs`: of several logs that are read one after the other, the later ones would
 * else be ahead. Lines of one log keep their order whatever their times say.
 */
export function takePiece(
  { piece, from, next, more, gap }: PlacedLines,
  origin: LogOrigin,
  untilMs: number,
): Taken {
  const isHeld = (atMs: number) => atMs > untilMs && atMs <= untilMs + mostHeldMs
  const held = piece.lines.findIndex(({ at }) => isHeld(at.getTime()))
  const lost = gap ? [lostLine(origin, piece.lines[0]?.at.getTime() ?? untilMs)] : []
  const toLine = ({ at, stream, text }: (typeof piece.lines)[number]): NewLogLine => ({
    ...origin,
    atMs: at.getTime(),
    stream,
    text,
  })
  if (held === -1) return { lines: [...lost, ...piece.lines.map(toLine)], place: next, more }
  const last = piece.ends.findLastIndex((end, index) => index < held && end !== -1)
  const place = last === -1 ? from : { ...from, offset: from.offset + (piece.ends[last] ?? 0) }
  return {
    lines: [...(last === -1 ? [] : lost), ...piece.lines.slice(0, last + 1).map(toLine)],
    place,
    more: true,
  }
}

function lostLine({ instance, release }: LogOrigin, atMs: number): NewLogLine {
  const text = `${instance} has printed faster than its log is read: lines in between are lost`
  return { atMs, source: 'berth', instance, release, stream: 'stderr', text }
}

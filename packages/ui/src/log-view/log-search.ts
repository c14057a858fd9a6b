import { stripAnsi } from './ansi.ts'
import type { LogLine } from './log-lines.ts'

/**
 * The lines of a log that hold a text, whatever its case. It looks at each line once, a slice of time at a time, and goes on
 * where it was when more have come: 100,000 lines are searched without a frame that is late.
 */
export class LogSearch {
  /** Global: a line may hold the text more than once. */
  readonly pattern: RegExp
  /** Numbers of lines, rising. Another array whenever something was found. */
  hits: readonly number[] = []
  #lastLooked = 0
  #firstLooked = Number.POSITIVE_INFINITY

  constructor(text: string) {
    this.pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
  }

  /** Looks for at most so long. True: all that is there was looked at. */
  look(lines: readonly LogLine[], forMs: number, now = () => performance.now()): boolean {
    const until = now() + forMs
    this.#beginAnew(lines)
    const found: number[] = []
    let at = firstAfter(lines, this.#lastLooked)
    for (; at < lines.length; at++) {
      const line = lines[at] as LogLine
      if (this.#holds(line.text)) found.push(line.number)
      this.#lastLooked = line.number
      if (at % 128 === 127 && now() > until) break
    }
    this.#keep(found, lines[0]?.number ?? 0)
    return at >= lines.length - 1
  }

  /** Older lines came: hits stay in order. */
  #beginAnew(lines: readonly LogLine[]) {
    const first = lines[0]?.number ?? Number.POSITIVE_INFINITY
    if (first < this.#firstLooked && this.#lastLooked > 0) {
      this.hits = []
      this.#lastLooked = 0
    }
    this.#firstLooked = first
  }

  #holds(text: string): boolean {
    this.pattern.lastIndex = 0
    return this.pattern.test(stripAnsi(text))
  }

  /** Those of lines that were dropped are forgotten. */
  #keep(found: readonly number[], first: number) {
    const isDropped = (this.hits[0] ?? first) < first
    if (found.length === 0 && !isDropped) return
    this.hits = [...(isDropped ? this.hits.filter((number) => number >= first) : this.hits), ...found]
  }
}

/** The place of the first line whose number is greater; lines are in the order of their numbers. */
export function firstAfter(lines: readonly { number: number }[], number: number): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((lines[middle]?.number ?? 0) > number) high = middle
    else low = middle + 1
  }
  return low
}

/** The place of the line with this number; -1: it is not there. */
export function placeOf(lines: readonly { number: number }[], number: number): number {
  const at = firstAfter(lines, number - 1)
  return lines[at]?.number === number ? at : -1
}

/** The hit behind (or before) a line, beginning again at the other end. Null: there is none. */
export function nextHit(hits: readonly number[], from: number, direction: 1 | -1): number | null {
  if (hits.length === 0) return null
  if (direction === 1) return hits.find((hit) => hit > from) ?? hits[0] ?? null
  return hits.findLast((hit) => hit < from) ?? hits.at(-1) ?? null
}

/**
 * The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/replacement}`: `*` is anything, `?` one
 * character, a backslash takes the meaning of either. Matched without backtracking: between two stars the first place
 * that fits is as good as any. Reference: BuildKit's frontend/dockerfile/shell; POSIX, "Pattern Matching Notation".
 */
export class PatternProblem extends Error {}

const one = Symbol('?')
type Piece = string | typeof one
/** What stands between the stars. */
type Segments = readonly (readonly Piece[])[]

/** Pattern times value: about a millisecond, and a file may hold thousands of patterns. */
const mostComparisons = 200_000
const longestResult = 128 * 1024

/** @throws PatternProblem */
export function withoutPrefix(value: string, pattern: string, longest: boolean): string {
  const chars = [...value]
  const end = matchAt(chars, 0, segmentsOf(pattern, chars), longest)
  return end === undefined ? value : chars.slice(end).join('')
}

/** @throws PatternProblem */
export function withoutSuffix(value: string, pattern: string, longest: boolean): string {
  const chars = [...value].reverse()
  const mirrored = segmentsOf(pattern, chars)
    .map((segment) => [...segment].reverse())
    .reverse()
  const end = matchAt(chars, 0, mirrored, longest)
  return end === undefined ? value : chars.slice(end).reverse().join('')
}

/** The leftmost match, as long as it can be; with `all`, every one that follows. @throws PatternProblem */
export function replaced(value: string, pattern: string, by: { text: string; all: boolean }): string {
  const chars = [...value]
  const segments = segmentsOf(pattern, chars)
  let result = ''
  let at = 0
  for (;;) {
    const found = findFrom(chars, at, segments)
    if (found === undefined) return result + chars.slice(at).join('')
    result += chars.slice(at, found.start).join('') + by.text
    if (result.length > longestResult) throw new PatternProblem('the expanded text is longer than 128 KB.')
    at = found.end
    if (found.end === found.start) result += chars[at++] ?? ''
    if (!by.all || at >= chars.length) return result + chars.slice(at).join('')
  }
}

function segmentsOf(pattern: string, value: readonly string[]): Segments {
  const segments: Piece[][] = [[]]
  const chars = [...pattern]
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? ''
    if (char === '*') segments.push([])
    else if (char === '?') segments.at(-1)?.push(one)
    else segments.at(-1)?.push(char === '\\' ? escaped(chars[++index]) : char)
  }
  if (chars.length * value.length > mostComparisons) {
    throw new PatternProblem('the pattern and the value are too long to match.')
  }
  return segments
}

function escaped(char: string | undefined): string {
  if (char !== undefined && '*?\\}/'.includes(char)) return char
  throw new PatternProblem(
    `\\${char ?? ''} in a pattern means nothing: only *, ?, /, } and \\ can be escaped.`,
  )
}

/** Where a match that begins at `start` ends. */
function matchAt(
  value: readonly string[],
  start: number,
  [first = [], ...rest]: Segments,
  longest: boolean,
): number | undefined {
  if (!fits(value, start, first)) return undefined
  let end = start + first.length
  for (const [index, segment] of rest.entries()) {
    const isLast = index === rest.length - 1
    const place = isLast && longest ? lastPlace(value, end, segment) : firstPlace(value, end, segment)
    if (place === undefined) return undefined
    end = place + segment.length
  }
  return end
}

function findFrom(value: readonly string[], from: number, segments: Segments) {
  const start = firstPlace(value, from, segments[0] ?? [])
  const end = start === undefined ? undefined : matchAt(value, start, segments, true)
  return start === undefined || end === undefined ? undefined : { start, end }
}

function firstPlace(value: readonly string[], from: number, segment: readonly Piece[]): number | undefined {
  for (let at = from; at + segment.length <= value.length; at++) if (fits(value, at, segment)) return at
  return undefined
}

function lastPlace(value: readonly string[], from: number, segment: readonly Piece[]): number | undefined {
  for (let at = value.length - segment.length; at >= from; at--) if (fits(value, at, segment)) return at
  return undefined
}

function fits(value: readonly string[], at: number, segment: readonly Piece[]): boolean {
  if (at + segment.length > value.length) return false
  return segment.every((piece, index) => piece === one || piece === value[at + index])
}

/**
 * Where the rows of a long list stand. A row of one line is `rowHeight` high; where lines wrap, how many of these a row takes
 * is guessed from its length and put right once it has been drawn. Heights in pixels.
 */
export type RowPlaces = {
  count: number
  height: number
  topOf(row: number): number
  /** The row at this height; the last one beyond the end. */
  rowAt(top: number): number
}

export function evenPlaces(count: number, rowHeight: number): RowPlaces {
  return {
    count,
    height: count * rowHeight,
    topOf: (row) => row * rowHeight,
    rowAt: (top) => clamp(Math.floor(top / rowHeight), count),
  }
}

/** `linesOf`: how many lines each row takes. */
export function unevenPlaces(count: number, rowHeight: number, linesOf: (row: number) => number): RowPlaces {
  const tops = new Int32Array(count + 1)
  for (let row = 0; row < count; row++) tops[row + 1] = (tops[row] ?? 0) + linesOf(row)
  return {
    count,
    height: (tops[count] ?? 0) * rowHeight,
    topOf: (row) => (tops[row] ?? 0) * rowHeight,
    rowAt: (top) => clamp(lastBelow(tops, top / rowHeight), count),
  }
}

/** The last place whose top is not greater. */
function lastBelow(tops: Int32Array, line: number): number {
  let low = 0
  let high = tops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((tops[middle] ?? 0) > line) high = middle
    else low = middle + 1
  }
  return low - 1
}

function clamp(row: number, count: number): number {
  return Math.max(0, Math.min(row, count - 1))
}

/** Each escape sequence takes about so many characters, and no room. */
const escapeCharacters = 5

/** How many lines of so many columns a text takes, at most `most`; an escape sequence is not measured, but guessed. */
export function wrappedLines(text: string, columns: number, most: number): number {
  let length = Math.min(text.length, columns * most * 4)
  for (let at = text.indexOf('\x1b'); at >= 0 && at < length; at = text.indexOf('\x1b', at + 1))
    length -= escapeCharacters
  return Math.max(1, Math.min(most, Math.ceil(length / columns)))
}

import { printable } from '@berth/domain'

/** A Dockerfile's lines, kept for what an error shows. `path` is within the tree. */
export type SourceText = { path: string; lines: readonly string[] }

/** Where something stands: line numbers count from 1; an instruction may reach over several lines. */
export type Place = { source: SourceText; line: number; endLine: number }

const linesAround = 2
const widestLine = 160

/** `Dockerfile:12`, what editors and terminals make a link of. */
export function placeName(place: Place): string {
  return `${place.source.path}:${place.line}`
}

/**
 * The lines around a place, numbered, with a mark at those meant:
 *
 *      11 | FROM node
 *    > 12 | COPPY . .
 */
export function excerpt(place: Place): string {
  const first = Math.max(1, place.line - linesAround)
  const last = Math.min(
    place.source.lines.length,
    Math.min(place.endLine, place.line + 2 * linesAround) + linesAround,
  )
  const width = String(last).length
  return place.source.lines
    .slice(first - 1, last)
    .map((text, index) => {
      const number = first + index
      const mark = number >= place.line && number <= place.endLine ? '>' : ' '
      return `${mark} ${String(number).padStart(width)} | ${shown(text)}`.trimEnd()
    })
    .join('\n')
}

/** Control characters would reach terminals: they are shown as `?`. */
function shown(text: string): string {
  const cut = text.length > widestLine ? `${text.slice(0, widestLine - 1)}…` : text
  return cut.replaceAll('\t', '    ').replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?')
}

/** A user's word in a message. */
export const quoted = printable

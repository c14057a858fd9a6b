import { buildError } from '../build/errors.ts'
import type { Heredoc } from './heredoc.ts'
import type { CommandLine } from './instruction.ts'
import type { Place } from './source-text.ts'

/** A logical line, taken apart as far as all instructions have it in common. */
export type LineParts = {
  keyword: string
  rest: string
  text: string
  place: Place
  escape: '\\' | '`'
  heredocs: readonly Heredoc[]
}

/**
 * What separates words where quotes mean nothing: ASCII's blanks alone, so that a no-break space belongs to a name.
 * Source: `reWhitespace` of BuildKit's frontend/dockerfile/parser.
 */
const blanks = /[\t\v\f\r ]+/

export function wordsBetweenBlanks(text: string): string[] {
  return text.split(blanks).filter((word) => word !== '')
}

/** What every instruction carries. */
export function at<Keyword extends string>(line: LineParts, keyword: Keyword) {
  return { keyword, place: line.place, text: line.text }
}

/** What the shell is given where words are missing: as with BuildKit, it runs nothing. */
export const emptyLine: CommandLine = { form: 'shell', line: '' }

/** @throws BUILD.SYNTAX */
export function fail(place: Place, problem: string, hint?: string): never {
  throw buildError['BUILD.SYNTAX']({ place, problem, hint })
}

/** A JSON list of strings; undefined when the text is no JSON list at all, and so counts as plain text. */
export function jsonWords(text: string, place: Place): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(parsed)) return undefined
  if (!parsed.every((word) => typeof word === 'string')) fail(place, 'the list may hold strings only.')
  if (parsed.some((word) => word.includes('\0'))) fail(place, 'a word holds a NUL character.')
  return parsed
}

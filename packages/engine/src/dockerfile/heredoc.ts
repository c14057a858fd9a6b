import { expandWord, expandWords, WordProblem } from './expand-words.ts'

/**
 * `<<EOF`: `expand` is false where a part of the name stands in quotes, `chomp` is true for `<<-`, which drops leading
 * tabs. Reference: `heredocFromMatch` of BuildKit's frontend/dockerfile/parser.
 */
export type Heredoc = { name: string; chomp: boolean; expand: boolean; content: string }

const mostHeredocs = 64
/** Heredocs are found before variables have values, and whatever the escape directive says. */
const unexpanded = { escape: '\\', keepUnset: true } as const
const noVariables: ReadonlyMap<string, string> = new Map()

/** The heredocs that a line opens, in order, still without their content. */
export function findHeredocs(line: string): Heredoc[] {
  return rawWords(line)
    .flatMap((word) => parseHeredoc(word) ?? [])
    .slice(0, mostHeredocs)
}

/** A word, or a whole line, that is a heredoc's opening and nothing else: `<<EOF`, `3<<-"the end"`. */
export function parseHeredoc(word: string): Heredoc | undefined {
  const [, dash, written = ''] = /^\d*<<(-?)\s*([^<]*)$/.exec(word) ?? []
  if (dash === undefined || written === '') return undefined
  try {
    const names = expandWords(written, noVariables, unexpanded)
    const [name] = names
    if (name === undefined || names.length > 1) return undefined
    const quoted = expandWord(written, noVariables, { ...unexpanded, rawQuotes: true })
    return { name, chomp: dash === '-', expand: countQuotes(quoted) === countQuotes(name), content: '' }
  } catch (error) {
    if (error instanceof WordProblem) return undefined
    throw error
  }
}

/** A line that cannot be split, because a quote is open say, holds no heredoc: its shell may see that differently. */
function rawWords(line: string): string[] {
  try {
    return expandWords(line, noVariables, { ...unexpanded, rawQuotes: true, rawEscapes: true })
  } catch (error) {
    if (error instanceof WordProblem) return []
    throw error
  }
}

function countQuotes(text: string): number {
  return text.replace(/[^'"]/g, '').length
}

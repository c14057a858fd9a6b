import { splitWords } from './split-words.ts'

/** `<<EOF`: `expand` is false where the name stands in quotes, `chomp` is true for `<<-`, which drops leading tabs. */
export type Heredoc = { name: string; chomp: boolean; expand: boolean; content: string }

const opening = /^\d*<<(-?)(["']?)([^\s<>|&;()"']+)(["']?)/
const mostHeredocs = 64

/** The heredocs that a line opens, in order, still without their content. */
export function findHeredocs(text: string, escapeChar: '\\' | '`'): Heredoc[] {
  return splitWords(text, escapeChar)
    .map((word) => opening.exec(word))
    .filter((match) => match !== null && match[2] === match[4])
    .slice(0, mostHeredocs)
    .map((match) => ({
      name: match?.[3] ?? '',
      chomp: match?.[1] === '-',
      expand: match?.[2] === '',
      content: '',
    }))
}

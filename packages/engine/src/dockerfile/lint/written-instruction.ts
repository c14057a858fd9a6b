import { readLines } from '../read-lines.ts'
import type { SourceText } from '../source-text.ts'

/** An instruction as it is written, for the rules about writing: the parser keeps neither case nor comments. */
export type WrittenInstruction = {
  /** In the case that it is written in. */
  keyword: string
  rest: string
  /** Where it begins, counted from 1. */
  line: number
  /** Where it ends, heredocs left out. */
  lastLine: number
  /** Where it ends, heredocs among it. */
  endLine: number
  hasEmptyLine: boolean
  /** The last comment since the instruction before, if it is no directive: empty lines end nothing, a bare `#` does. */
  commentAbove: string | null
}

/** By the line where each begins. */
export function writtenInstructions(source: SourceText): Map<number, WrittenInstruction> {
  const { directives, lines } = readLines(source.path, source.lines.join('\n'))
  let before = directiveLines(source)
  return new Map(
    lines.map(({ text, place }) => {
      const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? []
      const { line, endLine } = place
      const commentAbove = lastComment(source.lines.slice(before, line - 1))
      before = endLine
      return [
        line,
        { keyword, rest, line, endLine, ...extent(source, line, directives.escape), commentAbove },
      ]
    }),
  )
}

/** How many lines at the top are directives. */
function directiveLines({ lines }: SourceText): number {
  const first = lines.findIndex((line) => !/^\s*#\s*(?:syntax|escape|check)\s*=\s*\S/i.test(line))
  return first < 0 ? lines.length : first
}

function lastComment(lines: readonly string[]): string | null {
  const comments = lines.flatMap((line) => /^\s*#\s*(.*?)\s*$/.exec(line)?.[1] ?? [])
  return comments.at(-1) || null
}

/** Comments within a continued instruction are no empty lines. */
function extent({ lines }: SourceText, first: number, escapeChar: '\\' | '`') {
  const continues = escapeChar === '`' ? /`[ \t]*$/ : /\\[ \t]*$/
  let lastLine = first
  let hasEmptyLine = false
  // What follows the last line feed is no line.
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length
  for (let isOpen = continues.test(lines[first - 1] ?? ''); isOpen && lastLine < count; ) {
    const line = lines[lastLine] ?? ''
    lastLine++
    if (line.trim() === '') hasEmptyLine = true
    else if (!line.trimStart().startsWith('#')) isOpen = continues.test(line)
  }
  return { lastLine, hasEmptyLine }
}

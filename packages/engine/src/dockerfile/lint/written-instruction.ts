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
  hasEmptyLine: boolean
  /** Of the line right above it: the text of a comment, if it is one and no directive. */
  commentAbove: string | null
}

/** By the line where each begins. */
export function writtenInstructions(source: SourceText): Map<number, WrittenInstruction> {
  const { directives, lines } = readLines(source.path, source.lines.join('\n'))
  const firstLine = directiveLines(source)
  return new Map(
    lines.map(({ text, place }) => {
      const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? []
      const { line } = place
      const commentAbove = line - 1 > firstLine ? commentOf(source.lines[line - 2] ?? '') : null
      return [line, { keyword, rest, line, ...extent(source, line, directives.escape), commentAbove }]
    }),
  )
}

/** How many lines at the top are directives. */
function directiveLines({ lines }: SourceText): number {
  const first = lines.findIndex((line) => !/^\s*#\s*(?:syntax|escape|check)\s*=\s*\S/i.test(line))
  return first < 0 ? lines.length : first
}

function commentOf(line: string): string | null {
  return /^\s*#\s*(.*?)\s*$/.exec(line)?.[1] ?? null
}

/** Comments within a continued instruction are no empty lines. */
function extent({ lines }: SourceText, first: number, escapeChar: '\\' | '`') {
  const continues = escapeChar === '`' ? /`[ \t]*$/ : /\\[ \t]*$/
  let lastLine = first
  let hasEmptyLine = false
  for (let isOpen = continues.test(lines[first - 1] ?? ''); isOpen && lastLine < lines.length; ) {
    const line = lines[lastLine] ?? ''
    lastLine++
    if (line.trim() === '') hasEmptyLine = true
    else if (!line.trimStart().startsWith('#')) isOpen = continues.test(line)
  }
  return { lastLine, hasEmptyLine }
}

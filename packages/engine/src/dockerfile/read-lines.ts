import { buildError } from '../build/errors.ts'
import { findHeredocs, type Heredoc } from './heredoc.ts'
import type { Place, SourceText } from './source-text.ts'

/**
 * From a file's text to instructions that each stand on one line: comments gone, continued lines joined, the bodies of
 * heredocs taken out. Reference: BuildKit's frontend/dockerfile/parser; Docker's "Dockerfile reference", sections
 * Format and Parser directives.
 */
export type LogicalLine = { text: string; place: Place; heredocs: readonly Heredoc[] }

export type Directives = { escape: '\\' | '`'; syntax: string | null; check: string | null }

export type ReadDockerfile = { source: SourceText; directives: Directives; lines: readonly LogicalLine[] }

const largestFileCharacters = 1024 * 1024
const mayHaveHeredoc = /^\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s.*<</is

/** @throws BUILD.SYNTAX */
export function readLines(path: string, text: string): ReadDockerfile {
  const { source, ends } = splitSource(path, text)
  const directives = readDirectives(source)
  return { source, directives, lines: new LineReader(source, ends, directives.escape).read() }
}

/** `ends`: how each line ends, since the content of a heredoc keeps that. */
function splitSource(path: string, text: string): { source: SourceText; ends: readonly string[] } {
  const withoutMark = text.startsWith('\ufeff') ? text.slice(1) : text
  const raw = withoutMark.split('\n')
  const lines = raw.map((line) => line.replace(/\r+$/, ''))
  const source = { path, lines }
  if (text.length > largestFileCharacters)
    fail({ source, line: 1, endLine: 1 }, 'the file is larger than 1 MB.')
  const nul = lines.findIndex((line) => line.includes('\0'))
  if (nul >= 0) fail({ source, line: nul + 1, endLine: nul + 1 }, 'the line holds a NUL character.')
  const ends = raw.map((line, index) => {
    const end = line.slice(lines[index]?.length)
    return index < raw.length - 1 ? `${end}\n` : end
  })
  return { source, ends }
}

/** Directives stand before everything else, comments included; the first line that is none ends them. */
function readDirectives(source: SourceText): Directives {
  const found = new Map<string, string>()
  for (const [index, line] of source.lines.entries()) {
    const match = /^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line)
    const name = match?.[1]?.toLowerCase()
    if (match === null || (name !== 'escape' && name !== 'syntax' && name !== 'check')) break
    const place = { source, line: index + 1, endLine: index + 1 }
    if (found.has(name)) fail(place, `the directive ${name} stands here for the second time.`)
    found.set(name, match[2] ?? '')
    if (name === 'escape' && match[2] !== '\\' && match[2] !== '`') fail(place, 'escape may be \\ or ` only.')
  }
  return {
    escape: found.get('escape') === '`' ? '`' : '\\',
    syntax: found.get('syntax') ?? null,
    check: found.get('check') ?? null,
  }
}

class LineReader {
  readonly #source: SourceText
  readonly #ends: readonly string[]
  readonly #continues: RegExp

  constructor(source: SourceText, ends: readonly string[], escapeChar: '\\' | '`') {
    this.#source = source
    this.#ends = ends
    // One that is escaped itself continues nothing.
    this.#continues = escapeChar === '`' ? /(?<!`)`[ \t]*$/ : /(?<!\\)\\[ \t]*$/
  }

  read(): LogicalLine[] {
    const lines: LogicalLine[] = []
    for (let index = 0; index < this.#source.lines.length; ) {
      if (isSkipped(this.#line(index))) {
        index++
        continue
      }
      const { logical, next } = this.#logical(index)
      if (logical.text.trim() !== '') lines.push(logical)
      index = next
    }
    return lines
  }

  #logical(first: number): { logical: LogicalLine; next: number } {
    const { text, next } = this.#continued(first)
    const place = { source: this.#source, line: first + 1, endLine: next }
    const opened = mayHaveHeredoc.test(text) && !isExecForm(text) ? findHeredocs(text) : []
    const { heredocs, end } = this.#bodies(next, opened, place)
    return { logical: { text, place: { ...place, endLine: end }, heredocs }, next: end }
  }

  /** Comments and empty lines within a continued instruction do not end it. */
  #continued(first: number): { text: string; next: number } {
    let line = this.#line(first).trimStart()
    let text = ''
    let next = first + 1
    while (this.#continues.test(line)) {
      text += line.replace(this.#continues, '')
      while (next < this.#source.lines.length && isSkipped(this.#line(next))) next++
      line = this.#line(next)
      if (next < this.#source.lines.length) next++
    }
    return { text: text + line, next }
  }

  #bodies(from: number, opened: readonly Heredoc[], place: Place) {
    let end = from
    const heredocs = opened.map((heredoc) => {
      const body = this.#body(end, heredoc)
      if (body === undefined) fail(place, `the heredoc <<${heredoc.name} has no line that ends it.`)
      end = body.next
      return { ...heredoc, content: body.content }
    })
    return { heredocs, end }
  }

  #body(from: number, { name, chomp }: Heredoc): { content: string; next: number } | undefined {
    let content = ''
    for (let index = from; index < this.#source.lines.length; index++) {
      const line = this.#line(index)
      const bare = chomp ? line.replace(/^\t+/, '') : line
      if (bare === name) return { content, next: index + 1 }
      content += bare + (this.#ends[index] ?? '')
    }
    return undefined
  }

  #line(index: number): string {
    return this.#source.lines[index] ?? ''
  }
}

/** A JSON list: what looks like a heredoc in it is a word. */
function isExecForm(text: string): boolean {
  const [, list] = /^(?:ONBUILD\s+)?\S+\s+(?:--\S+\s+)*(\[.*)$/is.exec(text) ?? []
  if (list === undefined) return false
  try {
    return Array.isArray(JSON.parse(list))
  } catch {
    return false
  }
}

function isSkipped(line: string): boolean {
  return line.trimStart().startsWith('#') || line.trim() === ''
}

function fail(place: Place, problem: string): never {
  throw buildError['BUILD.SYNTAX']({ place, problem })
}

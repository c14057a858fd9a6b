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
const mayHaveHeredoc = /^\s*(?:RUN|COPY|ADD)\s/i

/** @throws BUILD.SYNTAX */
export function readLines(path: string, text: string): ReadDockerfile {
  const source = splitSource(path, text)
  const directives = readDirectives(source)
  return { source, directives, lines: joinLines(source, directives.escape) }
}

function splitSource(path: string, text: string): SourceText {
  const withoutMark = text.startsWith('\ufeff') ? text.slice(1) : text
  const lines = withoutMark.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  const source = { path, lines }
  if (text.length > largestFileCharacters)
    fail({ source, line: 1, endLine: 1 }, 'the file is larger than 1 MB.')
  const nul = lines.findIndex((line) => line.includes('\0'))
  if (nul >= 0) fail({ source, line: nul + 1, endLine: nul + 1 }, 'the line holds a NUL character.')
  return source
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

function joinLines(source: SourceText, escapeChar: '\\' | '`'): LogicalLine[] {
  const joined: LogicalLine[] = []
  for (let index = 0; index < source.lines.length; ) {
    if (isSkipped(source.lines[index] ?? '')) {
      index++
      continue
    }
    const { text, next } = continued(source, index, escapeChar)
    const place = { source, line: index + 1, endLine: next }
    const opened = mayHaveHeredoc.test(text) ? findHeredocs(text, escapeChar) : []
    const { heredocs, end } = readBodies(source, next, opened, place)
    if (text.trim() !== '') joined.push({ text, place: { ...place, endLine: end }, heredocs })
    index = end
  }
  return joined
}

/** Comments and empty lines within a continued instruction do not end it. */
function continued(source: SourceText, first: number, escapeChar: '\\' | '`') {
  const continues = escapeChar === '`' ? /`[ \t]*$/ : /\\[ \t]*$/
  let text = (source.lines[first] ?? '').trimStart()
  let next = first + 1
  while (continues.test(text)) {
    text = text.replace(continues, '')
    while (next < source.lines.length && isSkipped(source.lines[next] ?? '')) next++
    if (next >= source.lines.length) break
    text += source.lines[next] ?? ''
    next++
  }
  return { text, next }
}

function readBodies(source: SourceText, from: number, opened: readonly Heredoc[], place: Place) {
  let end = from
  const heredocs = opened.map((heredoc) => {
    const body = readBody(source, end, heredoc.name, heredoc.chomp)
    if (body === undefined) fail(place, `the heredoc <<${heredoc.name} has no line that ends it.`)
    end = body.next
    return { ...heredoc, content: body.content }
  })
  return { heredocs, end }
}

function readBody(source: SourceText, from: number, name: string, chomp: boolean) {
  const lines: string[] = []
  for (let index = from; index < source.lines.length; index++) {
    const line = source.lines[index] ?? ''
    const bare = chomp ? line.replace(/^\t+/, '') : line
    if (bare === name) return { content: lines.map((each) => `${each}\n`).join(''), next: index + 1 }
    lines.push(bare)
  }
  return undefined
}

function isSkipped(line: string): boolean {
  return line.trimStart().startsWith('#') || line.trim() === ''
}

function fail(place: Place, problem: string): never {
  throw buildError['BUILD.SYNTAX']({ place, problem })
}

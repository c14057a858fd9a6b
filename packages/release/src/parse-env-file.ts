import { releaseError } from './errors.ts'

/**
 * A `.env` file, as dotenv and docker's `--env-file` write it: `NAME=value`, `export NAME=value`, comments, empty lines. A
 * value in quotes may hold line ends; in double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are read, in single ones nothing is.
 * Nothing is expanded: `$VAR` stays as it stands. Stricter than node:util's parseEnv, which passes over what it does not
 * understand: a line that is lost in silence is a variable that is missing. Of a name that occurs twice the last counts.
 */
export const envFileLimitBytes = 1024 * 1024

export type EnvFile = { assignments: EnvAssignment[]; refused: RefusedLine[] }
export type EnvAssignment = { name: string; value: string; line: number }
export type RefusedLine = { line: number; reason: string }

/** @throws CONFIGURATION.ENV_FILE_INVALID, with the line. Names are checked by whoever sets them. */
export function parseEnvFile(text: string): Record<string, string> {
  const { assignments, refused } = readEnvFile(text)
  if (refused[0]) throw releaseError['CONFIGURATION.ENV_FILE_INVALID'](refused[0])
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value]))
}

/** All of it, in the order of its lines: a line that is not understood keeps none behind it from being read. */
export function readEnvFile(text: string): EnvFile {
  if (Buffer.byteLength(text) > envFileLimitBytes)
    return { assignments: [], refused: [{ line: 1, reason: 'the file is larger than 1 MB.' }] }
  return new EnvReader(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')).read()
}

const assignment = /[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=[ \t]*/y
const blankLine = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
const restOfLine = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
const bareValue = /[^\n]*/y

class EnvReader {
  readonly #text: string
  readonly #read: EnvFile = { assignments: [], refused: [] }
  #at = 0
  /** Lines are counted once, however many are asked for. */
  #counted = { to: 0, line: 1 }

  constructor(text: string) {
    this.#text = text
  }

  read(): EnvFile {
    while (this.#at < this.#text.length) {
      if (this.#take(blankLine)) continue
      const line = this.#lineAt(this.#at)
      const name = this.#take(assignment)?.[1]
      if (name === undefined) {
        this.#refuse(line, 'it is not `NAME=value`.')
        continue
      }
      const value = this.#value(line)
      if (value !== null) this.#read.assignments.push({ name, value, line })
    }
    return this.#read
  }

  /** Null: it was refused. */
  #value(line: number): string | null {
    const quote = this.#text[this.#at]
    if (quote === '"' || quote === "'" || quote === '`') return this.#quoted(quote, line)
    const text = this.#take(bareValue)?.[0] ?? ''
    this.#at += 1
    // A `#` within a word is part of it: passwords hold them.
    return text.replace(/(?:^|[ \t])#.*$/, '').trim()
  }

  #quoted(quote: string, line: number): string | null {
    const begin = this.#at + 1
    const end = this.#endOf(quote, begin)
    if (end < 0) return this.#refuse(line, `a quote (${quote}) is not closed.`)
    this.#at = end + 1
    if (this.#take(restOfLine) === null)
      return this.#refuse(this.#lineAt(end), 'something stands behind the closing quote.')
    const text = this.#text.slice(begin, end)
    return quote === '"'
      ? text.replace(/\\([nrt"\\$])/g, (_, letter: string) => escaped[letter] ?? letter)
      : text
  }

  #endOf(quote: string, from: number): number {
    for (let at = from; at < this.#text.length; at += 1) {
      if (quote === '"' && this.#text[at] === '\\') at += 1
      else if (this.#text[at] === quote) return at
    }
    return -1
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  /** The rest of the line is passed over. */
  #refuse(line: number, reason: string): null {
    this.#read.refused.push({ line, reason })
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end + 1
    return null
  }

  #lineAt(at: number): number {
    let { to, line } = this.#counted
    for (; to < at; to += 1) if (this.#text[to] === '\n') line += 1
    this.#counted = { to, line }
    return line
  }
}

const escaped: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

import { releaseError } from './errors.ts'

/**
 * A `.env` file, as dotenv and docker's `--env-file` write it: `NAME=value`, `export NAME=value`, comments, empty lines. A
 * value in quotes may hold line ends; in double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are read, in single ones nothing is.
 * Nothing is expanded: `$VAR` stays as it stands. Stricter than node:util's parseEnv, which passes over what it does not
 * understand: a line that is lost in silence is a variable that is missing. Of a name that occurs twice the last counts.
 */
export const envFileLimitBytes = 1024 * 1024

/** @throws CONFIGURATION.ENV_FILE_INVALID, with the line. Names are checked by whoever sets them. */
export function parseEnvFile(text: string): Record<string, string> {
  if (Buffer.byteLength(text) > envFileLimitBytes) throw invalid(1, 'the file is larger than 1 MB.')
  const reader = new EnvReader(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'))
  return reader.read()
}

const assignment = /[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=[ \t]*/y
const blankLine = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
const restOfLine = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
const bareValue = /[^\n]*/y

class EnvReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Record<string, string> {
    const variables: [string, string][] = []
    while (this.#at < this.#text.length) {
      if (this.#take(blankLine)) continue
      const begin = this.#at
      const name = this.#take(assignment)?.[1]
      if (name === undefined) throw this.#invalid(begin, 'it is not `NAME=value`.')
      variables.push([name, this.#value(begin)])
    }
    return Object.fromEntries(variables)
  }

  #value(lineBegin: number): string {
    const quote = this.#text[this.#at]
    if (quote === '"' || quote === "'" || quote === '`') return this.#quoted(quote, lineBegin)
    const text = this.#take(bareValue)?.[0] ?? ''
    this.#at += 1
    // A `#` within a word is part of it: passwords hold them.
    return text.replace(/(?:^|[ \t])#.*$/, '').trim()
  }

  #quoted(quote: string, lineBegin: number): string {
    const begin = this.#at + 1
    const end = this.#endOf(quote, begin)
    if (end < 0) throw this.#invalid(lineBegin, `a quote (${quote}) is not closed.`)
    this.#at = end + 1
    if (this.#take(restOfLine) === null)
      throw this.#invalid(end, 'something stands behind the closing quote.')
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

  #invalid(at: number, reason: string) {
    return invalid(this.#text.slice(0, at).split('\n').length, reason)
  }
}

const escaped: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function invalid(line: number, reason: string) {
  return releaseError['CONFIGURATION.ENV_FILE_INVALID']({ line, reason })
}

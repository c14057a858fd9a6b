import { releaseError } from './errors.ts'

/**
 * Reads a command as a POSIX shell would, as far as that needs no shell: words, quotes, backslashes, `$VAR` and
 * `${VAR}`. Whatever goes beyond that is not interpreted but named in `needsShell`. No shell is ever given the result
 * on the host. Source of the rules: POSIX.1-2017, XCU 2.2 (quoting) and 2.6.2 (parameter expansion).
 */
export type CommandWords = {
  words: Word[]
  /** Why only a shell can run it, in words for a person; null: it is a plain list of words. */
  needsShell: string | null
}

export type Word = Part[]
/** A variable outside of double quotes is split at white space where it is expanded. */
export type Part = { kind: 'text'; text: string } | { kind: 'variable'; name: string; quoted: boolean }

/** Words that are no programs. */
const shellWords = new Set(
  '. [[ alias case cd eval exec export for if read set shift source trap ulimit umask unset until while { !'.split(
    ' ',
  ),
)
const operators = new Set(['&', '|', ';', '<', '>', '(', ')', '`', '\n'])

/** @throws RELEASE.COMMAND_INVALID where a quote stays open */
export function readCommand(text: string): CommandWords {
  const reader = new CommandReader(text)
  const words = reader.read()
  return { words, needsShell: reader.needsShell ?? neededByFirstWord(words[0]) }
}

function neededByFirstWord(first: Word | undefined): string | null {
  const start = first?.[0]
  if (start?.kind !== 'text') return null
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(start.text)) return 'it begins with an assignment'
  return first?.length === 1 && shellWords.has(start.text) ? `\`${start.text}\` is a word of the shell` : null
}

class CommandReader {
  needsShell: string | null = null
  readonly #text: string
  #at = 0
  readonly #words: Word[] = []
  #word: Word | null = null

  constructor(text: string) {
    this.#text = text
  }

  read(): Word[] {
    while (this.#at < this.#text.length) this.#readNext()
    this.#endWord()
    return this.#words
  }

  #readNext(): void {
    const character = this.#take()
    if (character === ' ' || character === '\t') this.#endWord()
    else if (character === "'") this.#addText(this.#until("'"))
    else if (character === '"') this.#readDoubleQuoted()
    else if (character === '\\') this.#addText(this.#escaped())
    else if (character === '$') this.#readVariable(false)
    else if (operators.has(character)) this.#shellNeeded(`it holds ${JSON.stringify(character)}`)
    else if (character === '#' && this.#word === null) this.#shellNeeded('it holds a comment')
    else this.#addText(character)
  }

  #readDoubleQuoted(): void {
    this.#addText('')
    for (;;) {
      const character = this.#take()
      if (character === '') throw openQuote('"')
      if (character === '"') return
      if (character === '$') this.#readVariable(true)
      else if (character === '`') this.#shellNeeded('it holds "`"')
      else if (character === '\\' && '$`"\\'.includes(this.#peek())) this.#addText(this.#escaped())
      else this.#addText(character)
    }
  }

  #readVariable(quoted: boolean): void {
    const rest = this.#text.slice(this.#at)
    const found = /^(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/.exec(rest)
    const name = found?.[1] ?? found?.[2]
    if (found && name) {
      this.#at += found[0].length
      this.#word ??= []
      this.#word.push({ kind: 'variable', name, quoted })
      return
    }
    if (/^[({@*#?$!0-9-]/.test(rest)) this.#shellNeeded(`it holds "$${rest[0]}"`)
    this.#addText('$')
  }

  #escaped(): string {
    const character = this.#take()
    if (character === '') {
      throw releaseError['RELEASE.COMMAND_INVALID']({ reason: 'it ends with a backslash.' })
    }
    return character
  }

  #until(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at)
    if (end < 0) throw openQuote(quote)
    const text = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return text
  }

  /** Also starts a word: `''` is an empty word, not none. */
  #addText(text: string): void {
    this.#word ??= []
    const last = this.#word.at(-1)
    if (last?.kind === 'text') last.text += text
    else this.#word.push({ kind: 'text', text })
  }

  #endWord(): void {
    if (this.#word) this.#words.push(this.#word)
    this.#word = null
  }

  #shellNeeded(because: string): void {
    this.needsShell ??= because
  }

  #take(): string {
    return this.#text[this.#at++] ?? ''
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }
}

function openQuote(quote: string) {
  return releaseError['RELEASE.COMMAND_INVALID']({ reason: `a quote (${quote}) is not closed.` })
}

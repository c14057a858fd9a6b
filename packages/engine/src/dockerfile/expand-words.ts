/**
 * Variable expansion and quote removal as a Dockerfile's words have them: `$name`, `${name}`, `${name:-word}`,
 * `${name-word}`, `${name:+word}`, `${name+word}`, `${name:?message}`, `${name?message}`; single quotes keep everything,
 * double quotes keep all but `$`, and the escape character takes the meaning from the next one.
 * Reference: BuildKit's frontend/dockerfile/shell. Throws WordProblem, which has no place: callers add theirs.
 */
export type Variables = ReadonlyMap<string, string>

export type ExpandOptions = {
  escape: '\\' | '`'
  /** Quotes and escapes stay as they are, only variables are replaced: the content of a heredoc. */
  keepQuotes?: boolean
}

/** What is wrong with a word, in words. */
export class WordProblem extends Error {}

/** A value that doubles itself line by line must end somewhere: Linux takes 128 KiB in one variable. */
const longestResult = 128 * 1024
const deepestNesting = 20
const specialParameters = '@*#?-$!0'

/** One word stays one word. @throws WordProblem */
export function expandWord(text: string, variables: Variables, options: ExpandOptions): string {
  return new Expansion(text, variables, options).run().join(' ')
}

/** White space that comes from outside of quotes, values included, separates words. @throws WordProblem */
export function expandWords(text: string, variables: Variables, options: ExpandOptions): string[] {
  return new Expansion(text, variables, options, true).run()
}

class Expansion {
  readonly #text: string
  readonly #variables: Variables
  readonly #escape: string
  readonly #keepQuotes: boolean
  readonly #splits: boolean
  #at = 0
  #depth = 0
  #words: string[] = []
  #word = ''
  #started = false
  #length = 0

  constructor(text: string, variables: Variables, options: ExpandOptions, splits = false) {
    this.#text = text
    this.#variables = variables
    this.#escape = options.escape
    this.#keepQuotes = options.keepQuotes ?? false
    this.#splits = splits
  }

  run(): string[] {
    while (this.#at < this.#text.length) this.#step()
    if (this.#splits) this.#endWord()
    return this.#splits ? this.#words : [this.#word]
  }

  #step(): void {
    const char = this.#peek()
    if (char === '$') this.#addLoose(this.#dollar())
    else if (char === this.#escape) this.#addTight(this.#escaped())
    else if (!this.#keepQuotes && char === "'") this.#addTight(this.#single())
    else if (!this.#keepQuotes && char === '"') this.#addTight(this.#double())
    else this.#addLoose(this.#next())
  }

  /** Outside of quotes: white space ends a word. */
  #addLoose(text: string): void {
    for (const part of this.#splits ? text.split(/(\s+)/) : [text]) {
      if (this.#splits && /^\s+$/.test(part)) this.#endWord()
      else if (part !== '') this.#addTight(part)
    }
  }

  #addTight(text: string): void {
    this.#length += text.length
    if (this.#length > longestResult) throw new WordProblem('the expanded text is longer than 128 KB.')
    this.#word += text
    this.#started = true
  }

  #endWord(): void {
    if (this.#started && this.#word !== '') this.#words.push(this.#word)
    this.#word = ''
    this.#started = false
  }

  #escaped(): string {
    this.#at++
    const char = this.#next()
    if (!this.#keepQuotes) return char
    return char === '$' || char === this.#escape ? char : this.#escape + char
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at + 1)
    if (end < 0) throw new WordProblem("a single quote (') is never closed.")
    const inside = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return inside
  }

  #double(): string {
    this.#at++
    let inside = ''
    while (this.#peek() !== '"') {
      const char = this.#peek()
      if (char === '') throw new WordProblem('a double quote (") is never closed.')
      if (char === '$') inside += this.#dollar()
      else if (char === this.#escape) inside += this.#escapedInDouble()
      else inside += this.#next()
      if (inside.length > longestResult) throw new WordProblem('the expanded text is longer than 128 KB.')
    }
    this.#at++
    return inside
  }

  #escapedInDouble(): string {
    this.#at++
    const char = this.#peek()
    if (char === '"' || char === '$' || char === this.#escape) return this.#next()
    return char === '' ? '' : this.#escape
  }

  #dollar(): string {
    this.#at++
    if (this.#peek() !== '{') {
      const name = this.#name()
      return name === '' ? '$' : (this.#variables.get(name) ?? '')
    }
    this.#at++
    const name = this.#name()
    if (name === '') throw new WordProblem('a brace after $ is not followed by a name.')
    const value = this.#variables.get(name)
    if (this.#peek() === '}') {
      this.#at++
      return value ?? ''
    }
    return this.#modified(name, value)
  }

  #modified(name: string, value: string | undefined): string {
    const emptyIsUnset = this.#peek() === ':'
    if (emptyIsUnset) this.#at++
    const operator = this.#next()
    if (operator === '') throw notClosed(name)
    if (!'-+?'.includes(operator)) {
      const form = `\${${name}${emptyIsUnset ? ':' : ''}${operator}…}`
      throw new WordProblem(`${form} is a form that Berth does not know.`)
    }
    const word = this.#untilBrace(name)
    const isSet = value !== undefined && !(emptyIsUnset && value === '')
    if (operator === '+') return isSet ? word : ''
    if (isSet) return value
    if (operator === '-') return word
    const state = value === undefined ? 'unset' : 'empty'
    throw new WordProblem(`${name}: ${word || `is not allowed to be ${state}`}`)
  }

  #untilBrace(name: string): string {
    if (++this.#depth > deepestNesting) throw new WordProblem('braces are nested more than 20 times.')
    let word = ''
    while (this.#peek() !== '}') {
      if (this.#peek() === '') throw notClosed(name)
      word += this.#piece()
      if (word.length > longestResult) throw new WordProblem('the expanded text is longer than 128 KB.')
    }
    this.#at++
    this.#depth--
    return word
  }

  #piece(): string {
    const char = this.#peek()
    if (char === '$') return this.#dollar()
    if (char === this.#escape) return this.#escaped()
    if (char === "'" && !this.#keepQuotes) return this.#single()
    return char === '"' && !this.#keepQuotes ? this.#double() : this.#next()
  }

  /** Letters, digits and `_`; or digits alone; or one special parameter. Empty: no name. */
  #name(): string {
    const rest = /[0-9]+|[\p{L}_][\p{L}\p{Nd}_]*/uy
    rest.lastIndex = this.#at
    const match = rest.exec(this.#text)?.[0]
    if (match !== undefined) {
      this.#at += match.length
      return match
    }
    const char = this.#peek()
    return char !== '' && specialParameters.includes(char) ? this.#next() : ''
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #next(): string {
    return this.#text[this.#at++] ?? ''
  }
}

function notClosed(name: string): WordProblem {
  return new WordProblem(`\${${name} is not closed by }.`)
}

import { PatternProblem, replaced, withoutPrefix, withoutSuffix } from './shell-pattern.ts'

/**
 * Variable expansion and quote removal as a Dockerfile's words have them: `$name`, `${name}`, and with a word or a
 * pattern `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`. Single quotes keep everything, double quotes keep all
 * but `$`, and the escape character takes the meaning from the next one.
 * Reference: BuildKit's frontend/dockerfile/shell. Throws WordProblem, which has no place: callers add theirs.
 */
export type Variables = ReadonlyMap<string, string>

/** What expansion asks of them. */
export type Lookup = Pick<Variables, 'get'>

export type ExpandOptions = {
  escape: '\\' | '`'
  /** Quotes are characters like others: the content of a heredoc. */
  keepQuotes?: boolean
  /** Quotes mean what they mean, and stay. */
  rawQuotes?: boolean
  rawEscapes?: boolean
  /** A variable that is not set stays as it is written. */
  keepUnset?: boolean
  /** What patterns may cost, of many words together. Default: of this one alone. */
  budget?: PatternBudget
}

/** Pattern times value, as far as it is left. */
export type PatternBudget = { comparisons: number }

const budgets = new WeakMap<object, PatternBudget>()

/** All words of one file share one, however often it is read: about a second. */
export function budgetOf(file: object): PatternBudget {
  const budget = budgets.get(file) ?? { comparisons: mostComparisonsOfFile }
  budgets.set(file, budget)
  return budget
}

/** What is wrong with a word, in words. */
export class WordProblem extends Error {}

/** A value that doubles itself line by line must end somewhere: Linux takes 128 KiB in one variable. */
const longestResult = 128 * 1024
const deepestNesting = 20
/** Pattern times value, for all patterns of one text: about 50 ms. */
const mostComparisons = 8_000_000
const mostComparisonsOfFile = 20 * mostComparisons
const specialParameters = '@*#?-$!0'

/** What was written elsewhere, but is carried out with the file. */
export function shareBudget(part: object, file: object): void {
  budgets.set(part, budgetOf(file))
}

/** One word stays one word. @throws WordProblem */
export function expandWord(text: string, variables: Lookup, options: ExpandOptions): string {
  return new Expansion(text, variables, options).run().join(' ')
}

/** White space that comes from outside of quotes, values included, separates words. @throws WordProblem */
export function expandWords(text: string, variables: Lookup, options: ExpandOptions): string[] {
  return new Expansion(text, variables, options, true).run()
}

class Expansion {
  readonly #text: string
  readonly #variables: Lookup
  readonly #options: ExpandOptions
  readonly #splits: boolean
  #keepEscapes: boolean
  #at = 0
  #depth = 0
  #words: string[] = []
  #word = ''
  #length = 0
  #comparisons = 0

  constructor(text: string, variables: Lookup, options: ExpandOptions, splits = false) {
    this.#text = text
    this.#variables = variables
    this.#options = options
    this.#keepEscapes = options.rawEscapes ?? false
    this.#splits = splits
  }

  run(): string[] {
    while (this.#at < this.#text.length) {
      const char = this.#peek()
      if (this.#splits && char === '<') this.#addTight(this.#heredocStart())
      else if (char === '$' || !this.#isSpecial(char)) this.#addLoose(this.#piece())
      else this.#addTight(this.#piece())
    }
    if (!this.#splits) return [this.#word]
    this.#endWord()
    return this.#words
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
    checkLength(this.#length)
    this.#word += text
  }

  #endWord(): void {
    if (this.#word !== '') this.#words.push(this.#word)
    this.#word = ''
  }

  #isSpecial(char: string): boolean {
    if (char === '$' || char === this.#options.escape) return true
    return (char === '"' || char === "'") && this.#options.keepQuotes !== true
  }

  #piece(): string {
    const char = this.#peek()
    if (char === '$') return this.#dollar()
    if (char === this.#options.escape) return this.#escaped()
    if (!this.#isSpecial(char)) return this.#next()
    return char === "'" ? this.#single() : this.#double()
  }

  /** `<< NAME`: white space before a heredoc's name does not end the word. */
  #heredocStart(): string {
    this.#at++
    if (this.#peek() !== '<') return '<'
    const [space = ''] = /^<[\t\r ]*/.exec(this.#text.slice(this.#at, this.#at + 1_000)) ?? []
    this.#at += space.length
    return `<${space}`
  }

  #escaped(): string {
    const own = this.#next()
    return (this.#keepEscapes ? own : '') + this.#next()
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at + 1)
    if (end < 0) throw new WordProblem("a single quote (') is never closed.")
    const inside = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return this.#options.rawQuotes ? `'${inside}'` : inside
  }

  #double(): string {
    this.#at++
    let inside = ''
    while (this.#peek() !== '"') {
      const char = this.#peek()
      if (char === '') throw new WordProblem('a double quote (") is never closed.')
      if (char === '$') inside += this.#dollar()
      else inside += char === this.#options.escape ? this.#escapedInDouble() : this.#next()
      checkLength(inside.length)
    }
    this.#at++
    return this.#options.rawQuotes ? `"${inside}"` : inside
  }

  #escapedInDouble(): string {
    const own = this.#next()
    const kept = this.#keepEscapes ? own : ''
    const char = this.#peek()
    if (char === '') return kept
    return kept + (char === '"' || char === '$' || char === own ? this.#next() : own)
  }

  #dollar(): string {
    this.#at++
    if (this.#peek() !== '{') {
      const name = this.#name()
      return name === '' ? '$' : this.#valueOr(name, `$${name}`)
    }
    this.#at++
    const name = this.#name()
    if (name === '') throw new WordProblem('a brace after $ is not followed by a name.')
    if (this.#peek() !== '}') return this.#modified(name)
    this.#at++
    return this.#valueOr(name, `\${${name}}`)
  }

  #valueOr(name: string, written: string): string {
    return this.#variables.get(name) ?? (this.#options.keepUnset ? written : '')
  }

  #modified(name: string): string {
    const start = this.#at
    const emptyIsUnset = this.#peek() === ':'
    if (emptyIsUnset) this.#at++
    const operator = this.#next()
    if (operator === '') throw notClosed(name)
    const known = emptyIsUnset ? '-+?' : '-+?#%/'
    if (!known.includes(operator)) {
      const form = `\${${name}${emptyIsUnset ? ':' : ''}${operator}…}`
      throw new WordProblem(`${form} is a form that Berth does not know.`)
    }
    if (operator === '/') return this.#replacement(name, start)
    const word = this.#until('}', name, operator === '#' || operator === '%')
    const value = this.#variables.get(name)
    if (value === undefined && this.#options.keepUnset) return this.#written(name, start)
    if (operator === '#' || operator === '%') {
      this.#spend(value, word)
      return trimmed(value ?? '', operator, word)
    }
    return chosen({ name, value, operator, emptyIsUnset, word })
  }

  /** `name/pattern/text` or `name//pattern/text`. */
  #replacement(name: string, start: number): string {
    const all = this.#peek() === '/'
    if (all) this.#at++
    const pattern = this.#until('/', name, true)
    const text = this.#until('}', name, true)
    const value = this.#variables.get(name)
    if (value === undefined && this.#options.keepUnset) return this.#written(name, start)
    this.#spend(value, pattern)
    return withPattern(() => replaced(value ?? '', pattern, { text, all }))
  }

  /** Patterns that leave nothing over never reach the limit of the length. */
  #spend(value: string | undefined, pattern: string): void {
    const comparisons = (value?.length ?? 0) * (pattern.length + 8)
    this.#comparisons += comparisons
    const { budget } = this.#options
    if (budget !== undefined) budget.comparisons -= comparisons
    if (this.#comparisons > mostComparisons || (budget?.comparisons ?? 0) < 0)
      throw new WordProblem('the patterns take too long to match.')
  }

  #written(name: string, start: number): string {
    return `\${${name}${this.#text.slice(start, this.#at)}`
  }

  #until(stop: string, name: string, keepEscapes: boolean): string {
    if (++this.#depth > deepestNesting) throw new WordProblem('braces are nested more than 20 times.')
    const before = this.#keepEscapes
    this.#keepEscapes = keepEscapes
    let word = ''
    while (this.#peek() !== stop) {
      if (this.#peek() === '') throw notClosed(name)
      word += this.#piece()
      checkLength(word.length)
    }
    this.#at++
    this.#depth--
    this.#keepEscapes = before
    return word
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

type Choice = {
  name: string
  value: string | undefined
  operator: string
  emptyIsUnset: boolean
  word: string
}

/** `-`, `+` and `?`. */
function chosen({ name, value, operator, emptyIsUnset, word }: Choice): string {
  const isSet = value !== undefined && !(emptyIsUnset && value === '')
  if (operator === '+') return isSet ? word : ''
  if (isSet) return value
  if (operator === '-') return word
  const state = value === undefined ? 'unset' : 'empty'
  throw new WordProblem(`${name}: ${word || `is not allowed to be ${state}`}`)
}

function trimmed(value: string, operator: '#' | '%', word: string): string {
  const longest = word.startsWith(operator)
  const pattern = longest ? word.slice(1) : word
  return withPattern(() => (operator === '#' ? withoutPrefix : withoutSuffix)(value, pattern, longest))
}

function withPattern(work: () => string): string {
  try {
    const result = work()
    checkLength(result.length)
    return result
  } catch (error) {
    if (error instanceof PatternProblem) throw new WordProblem(error.message)
    throw error
  }
}

function checkLength(length: number): void {
  if (length > longestResult) throw new WordProblem('the expanded text is longer than 128 KB.')
}

function notClosed(name: string): WordProblem {
  return new WordProblem(`\${${name} is not closed by }.`)
}

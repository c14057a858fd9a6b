/**
 * JSON with comments (`//` and `/* … *\/`), read in one pass that remembers on which line each value stands, so that
 * a complaint about a value can name its line. Stricter than JSON.parse in two things: a key may not occur twice in
 * an object, and values nest 64 deep at most. Objects have no prototype: a key `__proto__` is a key.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export type ParsedJson = { value: Json; lineOf(path: readonly PropertyKey[]): number }

/** Where reading stopped, and why. The caller makes a coded error of it. */
export class JsonSyntaxError extends Error {
  readonly line: number

  constructor(line: number, reason: string) {
    super(reason)
    this.name = 'JsonSyntaxError'
    this.line = line
  }
}

const depthLimit = 64
const blank = /(?:[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
const scalar = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y

/** @throws JsonSyntaxError */
export function parseJson(text: string): ParsedJson {
  const reader = new JsonReader(text.replace(/^\uFEFF/, ''))
  const value = reader.document()
  return { value, lineOf: (path) => reader.lineOf(path) }
}

class JsonReader {
  readonly #text: string
  #at = 0
  #depth = 0
  readonly #offsets = new Map<string, number>()
  #lineEnds: readonly number[] | undefined

  constructor(text: string) {
    this.#text = text
  }

  document(): Json {
    const value = this.#value([])
    this.#skipBlank()
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the file')
    return value
  }

  /** The line of the value at `path`, or of the nearest one around it. */
  lineOf(path: readonly PropertyKey[]): number {
    const offset = this.#offsets.get(keyOf(path))
    if (offset !== undefined) return this.#lineAt(offset)
    return path.length === 0 ? 1 : this.lineOf(path.slice(0, -1))
  }

  #value(path: readonly PropertyKey[]): Json {
    this.#skipBlank()
    this.#offsets.set(keyOf(path), this.#at)
    if (this.#take('{')) return this.#nested(() => this.#object(path))
    if (this.#take('[')) return this.#nested(() => this.#array(path))
    return this.#scalar()
  }

  #object(path: readonly PropertyKey[]): Json {
    const object: { [key: string]: Json } = Object.create(null)
    if (this.#takeAfterBlank('}')) return object
    do {
      this.#skipBlank()
      const key = this.#key(object)
      if (!this.#takeAfterBlank(':')) throw this.#unexpected('":"')
      object[key] = this.#value([...path, key])
    } while (this.#takeAfterBlank(','))
    if (!this.#takeAfterBlank('}')) throw this.#unexpected('"," or "}"')
    return object
  }

  #array(path: readonly PropertyKey[]): Json {
    const array: Json[] = []
    if (this.#takeAfterBlank(']')) return array
    do array.push(this.#value([...path, array.length]))
    while (this.#takeAfterBlank(','))
    if (!this.#takeAfterBlank(']')) throw this.#unexpected('"," or "]"')
    return array
  }

  #key(object: object): string {
    if (this.#text[this.#at] !== '"') throw this.#unexpected('a name in double quotes')
    const key = String(this.#scalar())
    if (Object.hasOwn(object, key))
      throw this.#error(`the name ${JSON.stringify(key.slice(0, 60))} occurs twice.`)
    return key
  }

  #scalar(): Json {
    scalar.lastIndex = this.#at
    const token = scalar.exec(this.#text)?.[0]
    if (token === undefined) throw this.#unexpected('a value')
    try {
      const value: Json = JSON.parse(token)
      this.#at += token.length
      return value
    } catch {
      throw this.#error(`${JSON.stringify(token.slice(0, 60))} is not valid JSON.`)
    }
  }

  #nested(read: () => Json): Json {
    if (this.#depth >= depthLimit) throw this.#error(`values nest more than ${depthLimit} deep.`)
    this.#depth++
    const value = read()
    this.#depth--
    return value
  }

  #skipBlank(): void {
    blank.lastIndex = this.#at
    blank.exec(this.#text)
    this.#at = blank.lastIndex
    if (this.#text.startsWith('/*', this.#at)) throw this.#error('a comment is not closed.')
  }

  #takeAfterBlank(character: string): boolean {
    this.#skipBlank()
    return this.#take(character)
  }

  #take(character: string): boolean {
    const found = this.#text[this.#at] === character
    if (found) this.#at++
    return found
  }

  #unexpected(expected: string): JsonSyntaxError {
    const found = this.#text[this.#at]
    const what = found === undefined ? 'the file ends' : `${JSON.stringify(found)} stands`
    return this.#error(`${what} where ${expected} is expected.`)
  }

  #error(reason: string): JsonSyntaxError {
    return new JsonSyntaxError(this.#lineAt(this.#at), reason)
  }

  /** Asked for thousands of times where a file is wrong in thousands of places. */
  #lineAt(offset: number): number {
    this.#lineEnds ??= lineEnds(this.#text)
    let from = 0
    let to = this.#lineEnds.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#lineEnds[middle] ?? 0) < offset) from = middle + 1
      else to = middle
    }
    return from + 1
  }
}

function lineEnds(text: string): number[] {
  const ends: number[] = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at)
  return ends
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String))
}

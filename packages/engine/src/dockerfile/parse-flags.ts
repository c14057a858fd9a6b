import { buildError } from '../build/errors.ts'
import { nearestWord } from './nearest-word.ts'
import type { Place } from './source-text.ts'

/** What a keyword's flags look like: `text` needs a value, `switch` may have true or false, `list` may be repeated. */
export type FlagKinds = Readonly<Record<string, 'text' | 'switch' | 'list'>>

export type Flags = {
  rest: string
  /** Not given, or empty: null. */
  text(name: string): string | null
  isOn(name: string): boolean
  /** A switch that was not given is null. */
  choice(name: string): boolean | null
  list(name: string): readonly string[]
  given: readonly string[]
}

/**
 * Takes `--name=value` words from the front of an instruction. The first other word ends them, as does `--` alone.
 * @throws BUILD.UNKNOWN_FLAG, BUILD.SYNTAX
 */
export function parseFlags(
  keyword: string,
  text: string,
  kinds: FlagKinds,
  place: Place,
  escapeChar: string,
): Flags {
  const { words, rest } = takeFlagWords(text, escapeChar)
  const values = new Map<string, string[]>()
  for (const word of words) {
    const [name, value] = splitFlag(word)
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) {
      throw buildError['BUILD.UNKNOWN_FLAG']({
        place,
        keyword,
        given: name,
        near: nearestWord(name, Object.keys(kinds)),
      })
    }
    checkValue(name, value, kind, values.has(name), place)
    const given = values.get(name)
    if (given === undefined) values.set(name, [value ?? 'true'])
    else given.push(value ?? 'true')
  }
  return {
    rest,
    text: (name) => values.get(name)?.[0] || null,
    isOn: (name) => isTrue(values.get(name)?.[0]),
    choice: (name) => (values.has(name) ? isTrue(values.get(name)?.[0]) : null),
    list: (name) => values.get(name) ?? [],
    given: [...values.keys()],
  }
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}

/** Quotes and escapes are gone from the words: `--chown="a b"` is one word, and `\$` a variable all the same. */
function takeFlagWords(text: string, escapeChar: string): { words: string[]; rest: string } {
  const words: string[] = []
  let rest = text.trimStart()
  while (rest.startsWith('--')) {
    const { word, length } = takeWord(rest, escapeChar)
    rest = rest.slice(length).trimStart()
    if (word === '--') break
    words.push(word)
  }
  return { words, rest }
}

function takeWord(text: string, escapeChar: string): { word: string; length: number } {
  let word = ''
  let quote = ''
  let index = 0
  for (; index < text.length; index++) {
    const char = text[index] ?? ''
    if (quote === '' && /\s/.test(char)) break
    if (char === escapeChar) word += text[++index] ?? ''
    else if (!isQuote(char, quote)) word += char
    else quote = quote === '' ? char : ''
  }
  return { word, length: index }
}

/** Begins quotes, or ends those that are open. */
function isQuote(char: string, open: string): boolean {
  return open === '' ? char === '"' || char === "'" : char === open
}

function splitFlag(word: string): [string, string | undefined] {
  const equals = word.indexOf('=')
  return equals < 0 ? [word.slice(2), undefined] : [word.slice(2, equals), word.slice(equals + 1)]
}

function checkValue(
  name: string,
  value: string | undefined,
  kind: 'text' | 'switch' | 'list',
  repeated: boolean,
  place: Place,
): void {
  const problem =
    kind !== 'switch' && value === undefined
      ? `the flag --${name} needs a value: --${name}=…`
      : kind === 'switch' && value !== undefined && !/^(?:true|false)$/i.test(value)
        ? `the flag --${name} may be true or false only.`
        : repeated && kind !== 'list'
          ? `the flag --${name} stands here twice.`
          : undefined
  if (problem !== undefined) throw buildError['BUILD.SYNTAX']({ place, problem })
}

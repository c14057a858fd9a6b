import { buildError } from '../build/errors.ts'
import { nearestWord } from './nearest-word.ts'
import type { Place } from './source-text.ts'

/** What a keyword's flags look like: `text` needs a value, `switch` may have true or false, `list` may be repeated. */
export type FlagKinds = Readonly<Record<string, 'text' | 'switch' | 'list'>>

export type Flags = {
  rest: string
  text(name: string): string | null
  isOn(name: string): boolean
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
    const kind = kinds[name]
    if (kind === undefined) {
      throw buildError['BUILD.UNKNOWN_FLAG']({
        place,
        keyword,
        given: name,
        near: nearestWord(name, Object.keys(kinds)),
      })
    }
    checkValue(name, value, kind, values.has(name), place)
    values.set(name, [...(values.get(name) ?? []), value ?? 'true'])
  }
  return {
    rest,
    text: (name) => values.get(name)?.[0] ?? null,
    isOn: (name) => values.get(name)?.[0] === 'true',
    list: (name) => values.get(name) ?? [],
    given: [...values.keys()],
  }
}

function takeFlagWords(text: string, escapeChar: string): { words: string[]; rest: string } {
  const words: string[] = []
  let rest = text.trimStart()
  while (rest.startsWith('--')) {
    const length = wordLength(rest, escapeChar)
    const word = unquoted(rest.slice(0, length), escapeChar)
    rest = rest.slice(length).trimStart()
    if (word === '--') break
    words.push(word)
  }
  return { words, rest }
}

function wordLength(text: string, escapeChar: string): number {
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    if (char === escapeChar && quote !== "'") index++
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (/\s/.test(char)) return index
  }
  return text.length
}

/** Flag values lose their quotes here; escapes stay for the expansion of variables. */
function unquoted(word: string, escapeChar: string): string {
  return word.replace(/\\(.)|`(.)|["']/gs, (match) =>
    match.length === 2 && match[0] === escapeChar
      ? match
      : match.length === 2
        ? match.replace(/["']/g, '')
        : '',
  )
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
    kind !== 'switch' && (value === undefined || value === '')
      ? `the flag --${name} needs a value: --${name}=…`
      : kind === 'switch' && value !== undefined && value !== 'true' && value !== 'false'
        ? `the flag --${name} may be true or false only.`
        : repeated && kind !== 'list'
          ? `the flag --${name} stands here twice.`
          : undefined
  if (problem !== undefined) throw buildError['BUILD.SYNTAX']({ place, problem })
}

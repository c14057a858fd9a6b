import { logError } from './errors.ts'

/**
 * The part of regular expressions that can be matched in linear time, whatever text it meets: no back references, no looking
 * ahead or behind. What stands here means what it means in JavaScript's (without `u` and `v`); `(?i)` in front ignores case.
 */
export type PatternNode =
  | { kind: 'characters'; has(code: number): boolean }
  | { kind: 'assertion'; of: 'begin' | 'end' | 'boundary' | 'no boundary' }
  | { kind: 'sequence'; parts: readonly PatternNode[] }
  | { kind: 'either'; parts: readonly PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; least: number; most: number }

export type Pattern = { root: PatternNode; ignoreCase: boolean }

const longestPattern = 500
const mostRepeats = 100
const deepestGroup = 20

/** @throws LOG.BAD_PATTERN */
export function parsePattern(given: string): Pattern {
  if (given.length > longestPattern) throw bad(`it is longer than ${longestPattern} characters`)
  const ignoreCase = given.startsWith('(?i)')
  const text = ignoreCase ? given.slice(4) : given
  let at = 0
  let depth = 0

  function either(): PatternNode {
    const parts = [sequence()]
    while (text[at] === '|') {
      at += 1
      parts.push(sequence())
    }
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'either', parts }
  }

  function sequence(): PatternNode {
    const parts: PatternNode[] = []
    while (at < text.length && text[at] !== '|' && text[at] !== ')') parts.push(repeated())
    return { kind: 'sequence', parts }
  }

  function repeated(): PatternNode {
    const part = atom()
    const range = quantifier()
    if (range === null) return part
    if (part.kind === 'assertion') throw bad('there is nothing to repeat')
    // How greedy it is does not change whether it matches.
    if (text[at] === '?') at += 1
    if (quantifier() !== null) throw bad('there is nothing to repeat')
    return { kind: 'repeat', part, ...range }
  }

  function quantifier(): { least: number; most: number } | null {
    const simple = simpleQuantifiers[text[at] ?? '']
    const [said, first, comma, second] = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(text.slice(at)) ?? []
    if (simple === undefined && said === undefined) return null
    at += said?.length ?? 1
    return simple ?? countedQuantifier(Number(first), { isOpen: comma !== undefined, last: second })
  }

  function atom(): PatternNode {
    const character = text[at] ?? ''
    at += 1
    if (character === '(') return group()
    if (character === '[') return characterClass()
    if (character === '\\') return escaped()
    if (character === '^') return { kind: 'assertion', of: 'begin' }
    if (character === '$') return { kind: 'assertion', of: 'end' }
    if (character === '.') return characters((code) => !lineEnds.has(code))
    if ('*+?'.includes(character)) throw bad('there is nothing to repeat')
    return one(character)
  }

  function group(): PatternNode {
    if (text[at] === '?') {
      if (text[at + 1] !== ':') throw bad('(? is understood as (?:…) alone, and (?i) in front')
      at += 2
    }
    depth += 1
    if (depth > deepestGroup) throw bad('its groups are too deep')
    const inner = either()
    if (text[at] !== ')') throw bad('a ( is not closed')
    at += 1
    depth -= 1
    return inner
  }

  function escaped(): PatternNode {
    const letter = text[at] ?? ''
    if (letter === 'b' || letter === 'B') {
      at += 1
      return { kind: 'assertion', of: letter === 'b' ? 'boundary' : 'no boundary' }
    }
    const found = escapeSequence()
    return typeof found === 'number' ? characters((code) => code === found) : characters(found)
  }

  /** Behind the backslash: one character, or many. */
  function escapeSequence(): number | ((code: number) => boolean) {
    const letter = text[at] ?? ''
    at += 1
    if (letter === '') throw bad('it ends with a backslash')
    const many = classes[letter]
    if (many !== undefined) return many
    const control = controls[letter]
    if (control !== undefined) return control
    const hex = { x: /^[0-9a-f]{2}/i, u: /^[0-9a-f]{4}/i }[letter]?.exec(text.slice(at))?.[0]
    if (hex !== undefined) {
      at += hex.length
      return Number.parseInt(hex, 16)
    }
    if (/[a-zA-Z0-9]/.test(letter)) throw bad(`\\${letter} is not understood`)
    return letter.charCodeAt(0)
  }

  function characterClass(): PatternNode {
    const negated = text[at] === '^'
    if (negated) at += 1
    const members: ((code: number) => boolean)[] = []
    while (text[at] !== ']') {
      const first = member()
      const isRange = text[at] === '-' && text[at + 1] !== ']' && at + 1 < text.length
      if (isRange) members.push(rangeFrom(first))
      else members.push(typeof first === 'number' ? (code) => code === first : first)
    }
    at += 1
    return characters((code) => members.some((has) => has(code)), negated)
  }

  function rangeFrom(first: ReturnType<typeof member>): (code: number) => boolean {
    at += 1
    const last = member()
    if (typeof first !== 'number' || typeof last !== 'number' || last < first)
      throw bad('a range in [ ] is out of order')
    return (code) => code >= first && code <= last
  }

  function member(): number | ((code: number) => boolean) {
    const character = text[at]
    if (character === undefined) throw bad('a [ is not closed')
    at += 1
    if (character !== '\\') return character.charCodeAt(0)
    if (text[at] === 'b') {
      at += 1
      return 8
    }
    return escapeSequence()
  }

  function one(character: string): PatternNode {
    const wanted = character.charCodeAt(0)
    return characters((code) => code === wanted)
  }

  function characters(has: (code: number) => boolean, negated = false): PatternNode {
    const both = ignoreCase ? (code: number) => has(code) || casesOf(code).some(has) : has
    return { kind: 'characters', has: negated ? (code) => !both(code) : both }
  }

  const root = either()
  if (at < text.length) throw bad('a ) closes nothing')
  return { root, ignoreCase }
}

const simpleQuantifiers: Readonly<Record<string, { least: number; most: number }>> = {
  '*': { least: 0, most: Infinity },
  '+': { least: 1, most: Infinity },
  '?': { least: 0, most: 1 },
}

/** `{2}`, `{2,}` (`isOpen`, `last` is empty) or `{2,3}`. */
function countedQuantifier(least: number, { isOpen, last }: { isOpen: boolean; last: string | undefined }) {
  const most = isOpen ? (last ? Number(last) : Infinity) : least
  if (most < least) throw bad('numbers are out of order in { }')
  if (Math.max(least, most === Infinity ? 0 : most) > mostRepeats)
    throw bad(`nothing is repeated more than ${mostRepeats} times`)
  return { least, most }
}

export function isWordCode(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
  )
}

function casesOf(code: number): number[] {
  const character = String.fromCharCode(code)
  return [character.toLowerCase(), character.toUpperCase()]
    .filter((other) => other.length === 1)
    .map((other) => other.charCodeAt(0))
}

const lineEnds = new Set([0x0a, 0x0d, 0x2028, 0x2029])
const isDigit = (code: number) => code >= 48 && code <= 57
const isSpace = (code: number) => /\s/.test(String.fromCharCode(code))
const classes: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWordCode,
  W: (code) => !isWordCode(code),
  s: isSpace,
  S: (code) => !isSpace(code),
}
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 }

function bad(why: string) {
  return logError['LOG.BAD_PATTERN']({ why })
}

/**
 * Path patterns, matched without backtracking (states times characters), so that no pattern in a pushed repository can
 * stall the machine. `*` and `?` stop at `/`; `[a-z]`, `[^a-z]`; `\x` is x; with `doubleStar`, `**` crosses `/`.
 * Reference: Go's path/filepath.Match, and moby/patternmatcher for `**`.
 */
export type Glob = {
  matches(path: string): boolean
  /** About how long a match takes, so that whoever asks for many can stop. */
  costNs(path: string): number
}

export class GlobProblem extends Error {}

type Token =
  | { kind: 'char'; char: string }
  | { kind: 'any' }
  | { kind: 'star' }
  /** Everything, `/` included. */
  | { kind: 'everything' }
  /** Nothing, or everything up to and including a `/`. */
  | { kind: 'directories' }
  | { kind: 'class'; negated: boolean; ranges: readonly (readonly [string, string])[] }

const longestPattern = 4096

/** With few repetitions a regular expression is quick whatever the path; more of them could make it backtrack for ever. */
const mostInRegExp = 2

/** @throws GlobProblem */
export function compileGlob(pattern: string, options: { doubleStar: boolean }): Glob {
  if (pattern.length > longestPattern) throw new GlobProblem('the pattern is longer than 4096 characters.')
  if (!hasWildcards(pattern)) return { matches: (path) => path === pattern, costNs: () => 10 }
  const end = pattern.slice(2)
  if (options.doubleStar && pattern.startsWith('**') && !hasWildcards(end)) return endingWith(end)
  const tokens = tokenize([...pattern], options.doubleStar)
  const repetitions = tokens.filter(({ kind }) => repeating.has(kind)).length
  if (repetitions > mostInRegExp) {
    return { matches: (path) => run(tokens, path), costNs: (path) => path.length * tokens.length * 20 }
  }
  const expression = new RegExp(`^${tokens.map(expressionOf).join('')}$`, 'su')
  // Two repetitions may try each place for the one with each for the other.
  return { matches: (path) => expression.test(path), costNs: (path) => 50 + path.length ** 2 / 20 }
}

/** `**.log` is whatever ends like that, within a name too; `**`, a slash and `x` is an x anywhere. */
function endingWith(end: string): Glob {
  const atTheTop = end.startsWith('/') ? end.slice(1) : end
  return { matches: (path) => path.endsWith(end) || path === atTheTop, costNs: () => 20 }
}

const repeating: ReadonlySet<Token['kind']> = new Set(['star', 'everything', 'directories'])

function expressionOf(token: Token): string {
  switch (token.kind) {
    case 'char':
      return token.char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
    case 'any':
      return '[^/]'
    case 'star':
      return '[^/]*'
    case 'everything':
      return '.*'
    case 'directories':
      return '(?:.*/)?'
    case 'class':
      return classExpression(token)
  }
}

/** Never a `/`. A range whose end is before its beginning holds nothing. */
function classExpression({ negated, ranges }: Token & { kind: 'class' }): string {
  const code = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
  const inside = ranges
    .filter(([low, high]) => (low.codePointAt(0) ?? 0) <= (high.codePointAt(0) ?? 0))
    .map(([low, high]) => `${code(low)}-${code(high)}`)
    .join('')
  return negated ? `[^/${inside}]` : `(?!/)[${inside}]`
}

export function hasWildcards(pattern: string): boolean {
  return /[*?[\\]/.test(pattern)
}

function tokenize(chars: readonly string[], doubleStar: boolean): Token[] {
  const tokens: Token[] = []
  for (let index = 0; index < chars.length; ) {
    const [token, next] = readToken(chars, index, doubleStar)
    tokens.push(token)
    index = next
  }
  return tokens
}

function readToken(chars: readonly string[], index: number, doubleStar: boolean): [Token, number] {
  const char = chars[index] ?? ''
  if (char === '[') return characterClass(chars, index)
  if (char === '\\') return escapedCharacter(chars, index)
  if (char === '?') return [{ kind: 'any' }, index + 1]
  if (char !== '*') return [{ kind: 'char', char }, index + 1]
  if (!doubleStar || chars[index + 1] !== '*') return [{ kind: 'star' }, index + 1]
  const next = index + (chars[index + 2] === '/' ? 3 : 2)
  return [{ kind: next >= chars.length ? 'everything' : 'directories' }, next]
}

function escapedCharacter(chars: readonly string[], index: number): [Token, number] {
  const char = chars[index + 1]
  if (char === undefined) throw new GlobProblem('the pattern ends with a single backslash.')
  return [{ kind: 'char', char }, index + 2]
}

function characterClass(chars: readonly string[], open: number): [Token, number] {
  let index = open + 1
  const negated = chars[index] === '^'
  if (negated) index++
  const ranges: [string, string][] = []
  while (chars[index] !== ']' || ranges.length === 0) {
    const [low, afterLow] = classCharacter(chars, index)
    const isRange = chars[afterLow] === '-'
    const [high, next] = isRange ? classCharacter(chars, afterLow + 1) : [low, afterLow]
    ranges.push([low, high])
    index = next
  }
  return [{ kind: 'class', negated, ranges }, index + 1]
}

function classCharacter(chars: readonly string[], index: number): [string, number] {
  const escaped = chars[index] === '\\'
  const char = chars[escaped ? index + 1 : index]
  if (char === undefined || (!escaped && char === ']'))
    throw new GlobProblem('a "[" in the pattern is not closed.')
  if (!escaped && char === '-') throw new GlobProblem('a "-" in "[…]" stands between two characters.')
  return [char, index + (escaped ? 2 : 1)]
}

const at = 1
const withinDirectories = 2

/** For each token, whether it is the next one; all at once, so that nothing is tried twice. */
function run(tokens: readonly Token[], path: string): boolean {
  let now = new Uint8Array(tokens.length + 1)
  let next = new Uint8Array(tokens.length + 1)
  now[0] = at
  for (const char of path) {
    if (!advance(tokens, now, { next, char })) return false
    ;[now, next] = [next, now]
    next.fill(0)
  }
  for (const [index, token] of tokens.entries()) leadOn(now, index, token)
  return now[tokens.length] === at
}

/** False: nothing can match any more. */
function advance(
  tokens: readonly Token[],
  now: Uint8Array,
  { next, char }: { next: Uint8Array; char: string },
) {
  let isAlive = false
  for (let index = 0; index < tokens.length; index++) {
    if (now[index] === 0) continue
    const token = tokens[index] as Token
    leadOn(now, index, token)
    step(next, index, token, char)
    isAlive ||= next[index] !== 0 || next[index + 1] !== 0
  }
  return isAlive
}

/** What may be empty leads to what stands after it. */
function leadOn(now: Uint8Array, index: number, { kind }: Token): void {
  if (now[index] === at && repeating.has(kind)) now[index + 1] = at
}

function step(next: Uint8Array, index: number, token: Token, char: string): void {
  if (token.kind === 'directories') {
    if (next[index] !== at) next[index] = withinDirectories
    if (char === '/') next[index + 1] = at
  } else if (token.kind === 'everything' || (token.kind === 'star' && char !== '/')) next[index] = at
  else if (token.kind !== 'star' && consumes(token, char)) next[index + 1] = at
}

function consumes(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char
  if (char === '/') return false
  if (token.kind === 'any') return true
  if (token.kind !== 'class') return false
  return token.ranges.some(([low, high]) => low <= char && char <= high) !== token.negated
}

/**
 * Path patterns, matched without backtracking (states times characters), so that no pattern in a pushed repository can
 * stall the machine. `*` and `?` stop at `/`; `[a-z]`, `[^a-z]`; `\x` is x; with `doubleStar`, `**` crosses `/`.
 * Reference: Go's path/filepath.Match, and moby/patternmatcher for `**`.
 */
export type Glob = { matches(path: string): boolean }

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
  if (!hasWildcards(pattern)) return { matches: (path) => path === pattern }
  const tokens = tokenize([...pattern], options.doubleStar)
  const repetitions = tokens.filter(({ kind }) => repeating.has(kind)).length
  if (repetitions > mostInRegExp || tokens.some(({ kind }) => kind === 'class')) {
    return { matches: (path) => run(tokens, path) }
  }
  const expression = new RegExp(`^${tokens.map(expressionOf).join('')}$`, 'su')
  return { matches: (path) => expression.test(path) }
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
      throw new Error('Classes are matched by the automaton')
  }
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
    const isRange = chars[afterLow] === '-' && chars[afterLow + 1] !== ']'
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
  return [char, index + (escaped ? 2 : 1)]
}

function run(tokens: readonly Token[], path: string): boolean {
  let states = reach(tokens, new Set([0]))
  for (const char of path) {
    const next = new Set<number>()
    for (const state of states) step(tokens, state, char, next)
    if (next.size === 0) return false
    states = reach(tokens, next)
  }
  return states.has(tokens.length)
}

/** States reached without reading: stars may be empty. A negative number -n-1 is "within the directories of token n". */
function reach(tokens: readonly Token[], states: Set<number>): Set<number> {
  for (const state of states) {
    const kind = state >= 0 ? tokens[state]?.kind : undefined
    if (kind === 'star' || kind === 'everything' || kind === 'directories') states.add(state + 1)
  }
  return states
}

function step(tokens: readonly Token[], state: number, char: string, next: Set<number>): void {
  const index = state < 0 ? -state - 1 : state
  const token = tokens[index]
  if (token === undefined) return
  if (token.kind === 'directories') {
    next.add(-index - 1)
    if (char === '/') next.add(index + 1)
  } else if (token.kind === 'everything') next.add(index)
  else if (token.kind === 'star') {
    if (char !== '/') next.add(index)
  } else if (consumes(token, char)) next.add(index + 1)
}

function consumes(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char
  if (char === '/') return false
  if (token.kind === 'any') return true
  if (token.kind !== 'class') return false
  return token.ranges.some(([low, high]) => low <= char && char <= high) !== token.negated
}

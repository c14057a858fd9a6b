import { logError } from './errors.ts'
import { isWordCode, type PatternNode, parsePattern } from './parse-pattern.ts'

/**
 * Whether a line matches a pattern of somebody who may wish us ill. All ways to match are followed at once, character by
 * character, so a line costs its length times the pattern's at worst; what was worked out once is remembered, so it seldom
 * costs more than its length. Source: Russ Cox, "Regular Expression Matching Can Be Simple And Fast".
 * @throws LOG.BAD_PATTERN
 */
export function linePattern(given: string): (line: string) => boolean {
  const program = compile(parsePattern(given).root)
  let states = new Map<string, State>()
  let remembered = 0

  function stateOf(threads: readonly number[], before: Before): State {
    const key = `${before}:${threads.join()}`
    const known = states.get(key)
    if (known !== undefined) return known
    const made = { threads, before, next: new Map<number, State | 'matched'>() }
    states.set(key, made)
    return made
  }

  function step(state: State, code: number): State | 'matched' {
    const known = state.next.get(code)
    if (known !== undefined) return known
    if (remembered >= mostRemembered) {
      states = new Map()
      remembered = 0
    }
    const reached = follow(program, [0, ...state.threads], state.before, code)
    const next =
      reached === 'matched'
        ? reached
        : stateOf(
            reached.flatMap((at) => {
              const reading = program[at] as Extract<Instruction, { kind: 'characters' }>
              return code !== lineEnd && reading.has(code) ? [reading.to] : []
            }),
            isWordCode(code) ? 'word' : 'other',
          )
    state.next.set(code, next)
    remembered += 1
    return next
  }

  return (line) => {
    let state = stateOf([], 'begin')
    for (let at = 0; at <= line.length; at += 1) {
      const next = step(state, at < line.length ? line.charCodeAt(at) : lineEnd)
      if (next === 'matched') return true
      state = next
    }
    return false
  }
}

type Before = 'begin' | 'word' | 'other'
type State = { threads: readonly number[]; before: Before; next: Map<number, State | 'matched'> }

/** No character has it. */
const lineEnd = -1
const mostRemembered = 20_000
const mostInstructions = 2_000

type Instruction =
  | { kind: 'characters'; has(code: number): boolean; to: number }
  | { kind: 'assertion'; of: Extract<PatternNode, { kind: 'assertion' }>['of']; to: number }
  | { kind: 'split'; to: number; or: number }
  | { kind: 'matched' }

function compile(root: PatternNode): Instruction[] {
  const program: Instruction[] = []
  const add = (instruction: Instruction): number => {
    if (program.length >= mostInstructions) throw logError['LOG.BAD_PATTERN']({ why: 'it is too large' })
    return program.push(instruction) - 1
  }

  function emit(node: PatternNode): void {
    switch (node.kind) {
      case 'characters':
        add({ kind: 'characters', has: node.has, to: program.length + 1 })
        return
      case 'assertion':
        add({ kind: 'assertion', of: node.of, to: program.length + 1 })
        return
      case 'sequence':
        node.parts.forEach(emit)
        return
      case 'either':
        emitEither(node.parts)
        return
      case 'repeat':
        emitRepeat(node)
    }
  }

  function emitEither(parts: readonly PatternNode[]): void {
    const jumps: number[] = []
    parts.forEach((part, index) => {
      const isLast = index === parts.length - 1
      const split = isLast ? -1 : add({ kind: 'split', to: program.length + 1, or: 0 })
      emit(part)
      if (isLast) return
      jumps.push(add({ kind: 'split', to: 0, or: 0 }))
      lead(split, program.length)
    })
    for (const jump of jumps) lead(jump, program.length, program.length)
  }

  function emitRepeat({ part, least, most }: Extract<PatternNode, { kind: 'repeat' }>): void {
    for (let count = 0; count < least; count += 1) emit(part)
    if (most === Number.POSITIVE_INFINITY) {
      const split = add({ kind: 'split', to: program.length + 1, or: 0 })
      emit(part)
      add({ kind: 'split', to: split, or: split })
      lead(split, program.length)
      return
    }
    const splits: number[] = []
    for (let count = least; count < most; count += 1) {
      splits.push(add({ kind: 'split', to: program.length + 1, or: 0 }))
      emit(part)
    }
    for (const split of splits) lead(split, program.length)
  }

  function lead(at: number, or: number, to?: number): void {
    const instruction = program[at] as Extract<Instruction, { kind: 'split' }>
    program[at] = { ...instruction, or, to: to ?? instruction.to }
  }

  emit(root)
  add({ kind: 'matched' })
  return program
}

/** Where all these lead without reading anything: instructions that read a character, or the end of the search. */
function follow(
  program: readonly Instruction[],
  threads: readonly number[],
  before: Before,
  code: number,
): number[] | 'matched' {
  const seen = new Set<number>()
  const open = [...threads]
  const reading: number[] = []
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    const instruction = program[at] as Instruction
    if (instruction.kind === 'matched') return 'matched'
    if (instruction.kind === 'characters') reading.push(at)
    else if (instruction.kind === 'split') open.push(instruction.to, instruction.or)
    else if (holds(instruction.of, before, code)) open.push(instruction.to)
  }
  return reading.sort((one, other) => one - other)
}

function holds(
  assertion: Extract<PatternNode, { kind: 'assertion' }>['of'],
  before: Before,
  code: number,
): boolean {
  if (assertion === 'begin') return before === 'begin'
  if (assertion === 'end') return code === lineEnd
  const isBoundary = (before === 'word') !== (code !== lineEnd && isWordCode(code))
  return assertion === 'boundary' ? isBoundary : !isBoundary
}

/**
 * `--chmod`: octal (`755`) or symbolic (`u=rwX,go=rX`), as chmod(1) has it. Symbolic changes start from the mode that a
 * file has; `X` means executable for directories, and for files that someone may execute already; `u`, `g` and `o` behind
 * the operator mean what those have.
 */
export type ModeChange = { kind: 'octal'; mode: number } | { kind: 'symbolic'; clauses: readonly Clause[] }

type Clause = { who: number; operator: '+' | '-' | '='; permissions: string }

const whoMasks: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }
const permissionBits: Readonly<Record<string, number>> = {
  r: 0o444,
  w: 0o222,
  x: 0o111,
  s: 0o6000,
  t: 0o1000,
}

/** Undefined: this is no mode. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^[0-7]{1,20}$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    return mode > 0o7777 ? undefined : { kind: 'octal', mode }
  }
  const clauses: Clause[] = []
  for (const part of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(part)
    if (match === null || text.length > 200) return undefined
    const who = [...(match[1] || 'a')].reduce((mask, letter) => mask | (whoMasks[letter] ?? 0), 0)
    for (const [, operator, permissions] of (match[2] ?? '').matchAll(/([-+=])([rwxXstugo]*)/g)) {
      clauses.push({ who, operator: operator as '+' | '-' | '=', permissions: permissions ?? '' })
    }
  }
  return { kind: 'symbolic', clauses }
}

/** The mode that a file of mode `from` gets: the twelve permission bits. */
export function changeMode(change: ModeChange, from: number, isDirectory: boolean): number {
  if (change.kind === 'octal') return change.mode
  return change.clauses.reduce((mode, clause) => {
    const bits = clauseBits(clause, mode, isDirectory) & clause.who
    if (clause.operator === '+') return mode | bits
    if (clause.operator === '-') return mode & ~bits
    return (mode & ~clause.who) | bits
  }, from & 0o7777)
}

function clauseBits(clause: Clause, mode: number, isDirectory: boolean): number {
  return [...clause.permissions].reduce((bits, letter) => {
    const executable = letter === 'X' && (isDirectory || (mode & 0o111) !== 0)
    return bits | (executable ? 0o111 : (permissionBits[letter] ?? copiedBits(letter, mode)))
  }, 0)
}

/** `g=u`: what the owner may, for all of whom the clause speaks. */
function copiedBits(letter: string, mode: number): number {
  const shift = { u: 6, g: 3, o: 0 }[letter]
  return shift === undefined ? 0 : ((mode >> shift) & 0o7) * 0o111
}

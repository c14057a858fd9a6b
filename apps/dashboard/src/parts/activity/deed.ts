/** What an entry of the audit log says was done, before it is put into words. */

/** What is a name stands apart from the words around it. */
export type Word = string | { name: string }

/** `did` and `do`: it was done, or only tried: `removed` shop, tried to `remove` shop. */
export type Deed = { did: string; do: string; what: Word[] }

/** `app`, `team`: what it was done to; null: nothing of the kind, or the call was refused before that was looked up. */
export type Told = { app: string | null; team: string | null; before: Facts; after: Facts }

/** What was written down of a change: plain JSON that other versions of Berth may have written, so all of it may be missing. */
export type Facts = Readonly<Record<string, unknown>>

/** A list stands as `listed`. */
export function factsIn(value: unknown): Facts {
  if (Array.isArray(value)) return { listed: value }
  return typeof value === 'object' && value !== null ? (value as Facts) : {}
}

export function textIn(facts: Facts, key: string): string | null {
  const value = facts[key]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

export function textsIn(facts: Facts, key: string): string[] {
  const value = facts[key]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

export function deed(did: string, make: string, ...what: (Word | Word[] | null)[]): Deed {
  return { did, do: make, what: what.flat().filter((word) => word !== null) }
}

/** A name, or the words for what is not known. */
export function named(name: string | null, else_: string): Word {
  return name === null ? else_ : { name }
}

/** `A`, `A and B`, `A and 2 others`; the words where there is none. */
export function list(names: readonly string[], else_: string): Word[] {
  const [first, second] = names
  if (first === undefined) return [else_]
  if (second === undefined) return [{ name: first }]
  if (names.length === 2) return [{ name: first }, 'and', { name: second }]
  return [{ name: first }, `and ${names.length - 1} others`]
}

/** `on shop`; nothing where it is not known. */
export function at(preposition: string, name: string | null): Word[] {
  return name === null ? [] : [preposition, { name }]
}

import { appDeeds } from './app-deeds.ts'
import { type Deed, deed, factsIn, type Told, type Word } from './deed.ts'
import type { Entry } from './entry.ts'
import { peopleDeeds } from './people-deeds.ts'

/** An entry of the audit log as a person would say it, without who it was. */
const deeds: Readonly<Record<string, (told: Told) => Deed>> = { ...appDeeds, ...peopleDeeds }

type Said = Pick<Entry, 'action' | 'object' | 'before' | 'after' | 'outcome'>

/** `set GREETING and 2 others on shop · v14`; what did not come to pass: `tried to set …`. */
export function sayActivity(entry: Said): Word[] {
  const { did, do: verb, what } = deedOf(entry)
  const begin = { done: did, begun: `began to ${verb}` }[entry.outcome as string] ?? `tried to ${verb}`
  return [begin, ...what, ...again(entry)]
}

/** The same as plain text. */
export function sayPlainly(words: readonly Word[]): string {
  return words.map((word) => (typeof word === 'string' ? word : word.name)).join(' ')
}

/** Has it a sentence of its own? */
export function isSaid(action: string): boolean {
  return Object.hasOwn(deeds, action)
}

/** `Ada Lovelace` of `Ada Lovelace <ada@example.com>`. */
export function sayWho(who: string): string {
  return /^(.+) <[^<>]+>$/.exec(who)?.[1] ?? who
}

function deedOf({ action, object, before, after }: Said): Deed {
  const told: Told = {
    app: nameIn(object, 'app'),
    team: nameIn(object, 'team'),
    before: factsIn(before),
    after: factsIn(after),
  }
  const known = Object.hasOwn(deeds, action) ? deeds[action] : undefined
  // Of another version of Berth: its own name for it is better than none.
  return known ? known(told) : deed('did', 'do', { name: action }, ...(object === '' ? [] : ['to', object]))
}

function nameIn(object: string, kind: 'app' | 'team'): string | null {
  return object.startsWith(`${kind} `) ? object.slice(kind.length + 1) : null
}

/** Refused calls that were repeated within a minute are one entry (packages/api, audit-refusals.ts). */
function again({ outcome, after }: Said): Word[] {
  const count = factsIn(after).again
  if (outcome === 'done' || typeof count !== 'number') return []
  return [`· ${count} more ${count === 1 ? 'time' : 'times'} within the minute`]
}

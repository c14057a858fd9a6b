import { Secret } from '@berth/command'

/**
 * The port's values as JSON, and back. What JSON cannot hold is marked: nothing (`undefined`), a Date, a Secret, an AbortSignal (the other side
 * puts its own in), a function that is called and not waited for (the other side puts one in that tells this side), and a
 * stream of bytes, of which there is one at most.
 *
 * A secret is written out, so this is for the engine's own socket, which root alone may open, and for nothing that is kept.
 */
export type Unsent = {
  signals: AbortSignal[]
  listeners: Listener[]
  input: AsyncIterable<Uint8Array> | null
}

export type Listener = (value: unknown) => void

/** What stands in for what was not sent. */
export type StandIns = {
  signal: AbortSignal
  listener(number: number): Listener
  input: AsyncIterable<Uint8Array>
}

const marks = ['$undefined', '$date', '$secret', '$signal', '$listener', '$input', '$plain']

export function toWire(value: unknown): { json: string; unsent: Unsent } {
  const unsent: Unsent = { signals: [], listeners: [], input: null }
  return { json: JSON.stringify(marked(value, unsent)), unsent }
}

/** @throws SyntaxError for what is no JSON */
export function fromWire(json: string, standIns?: StandIns): unknown {
  return unmarked(JSON.parse(json), standIns)
}

function marked(value: unknown, unsent: Unsent): unknown {
  if (value === undefined) return { $undefined: true }
  if (typeof value === 'function') return { $listener: unsent.listeners.push(value as Listener) - 1 }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return { $date: value.toISOString() }
  if (value instanceof Secret) return { $secret: value.reveal() }
  if (value instanceof AbortSignal) return { $signal: unsent.signals.push(value) }
  if (Array.isArray(value)) return value.map((each) => marked(each, unsent))
  if (Symbol.asyncIterator in value) {
    unsent.input = value as AsyncIterable<Uint8Array>
    return { $input: true }
  }
  const plain = mapValues(value, (each) => marked(each, unsent))
  return markOf(value) === undefined ? plain : { $plain: plain }
}

function unmarked(value: unknown, standIns: StandIns | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => unmarked(each, standIns))
  if (value === null || typeof value !== 'object') return value
  const inner = (of: object) => mapValues(of, (each) => unmarked(each, standIns))
  const content: unknown = Object.values(value)[0]
  switch (markOf(value)) {
    case undefined:
      return inner(value)
    case '$undefined':
      return undefined
    case '$plain':
      return inner(content as object)
    case '$date':
      return new Date(String(content))
    case '$secret':
      return new Secret(String(content))
    case '$signal':
      return standIns?.signal
    case '$input':
      return standIns?.input
    case '$listener':
      return standIns?.listener(Number(content))
  }
}

function mapValues(value: object, change: (each: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each)]))
}

/** One key, and that a mark. What looks like one by itself (labels may be called anything) is sent as `$plain`. */
function markOf(value: object): string | undefined {
  const [name, ...more] = Object.keys(value)
  return more.length === 0 ? marks.find((mark) => mark === name) : undefined
}

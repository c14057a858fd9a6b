import { Secret } from '@berth/command'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromWire, toWire } from './wire-value.ts'

const there = (value: unknown) => fromWire(toWire(value).json)

test('what JSON can hold comes back, whatever it is called', () => {
  const keys = fc.oneof(fc.string(), fc.constantFrom('$date', '$plain', '$secret', '$input', '__proto__'))
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      // JSON has but one zero.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.array(tie('tree')),
      fc.dictionary(keys, tie('tree'), { noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(there(value)).toEqual(value)
    }),
    { numRuns: 500 },
  )
})

test('a date is a date, a secret a secret, and nothing is nothing', () => {
  const [at, secret, nothing, nested] = there([
    new Date(5),
    new Secret('s'),
    undefined,
    { at: [new Date(6)] },
  ]) as unknown[]
  expect(at).toEqual(new Date(5))
  expect((secret as Secret).reveal()).toBe('s')
  expect(nothing).toBeUndefined()
  expect(nested).toEqual({ at: [new Date(6)] })
})

test('signals, listeners and input stay here, and the other side puts its own in', () => {
  const mine = { signal: new AbortController().signal, input: bytes(), listeners: [() => 1, () => 2] }
  const { json, unsent } = toWire(mine)
  expect(unsent).toEqual({ signals: [mine.signal], listeners: mine.listeners, input: mine.input })

  const theirs = { signal: AbortSignal.abort(), input: bytes() }
  const told: unknown[] = []
  const listener = (number: number) => (value: unknown) => void told.push([number, value])
  const back = fromWire(json, { ...theirs, listener }) as typeof mine
  expect(back.signal).toBe(theirs.signal)
  expect(back.input).toBe(theirs.input)
  ;(back.listeners[1] as unknown as (value: unknown) => void)('heard')
  expect(told).toEqual([[1, 'heard']])
})

async function* bytes() {
  yield new Uint8Array(1)
}

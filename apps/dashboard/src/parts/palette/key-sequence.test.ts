import { expect, test } from 'vitest'
import { type Pending, pressKey } from './key-sequence.ts'

const known = ['g a', 'g d', '?', '/']

function press(keys: readonly string[], everyMs = 200): (string | null)[] {
  let pending: Pending = null
  return keys.map((key, number) => {
    const pressed = pressKey(pending, key, { known, atMs: number * everyMs })
    pending = pressed.pending
    return pressed.match
  })
}

test('two keys one after the other are one shortcut', () => {
  expect(press(['g', 'd'])).toEqual([null, 'g d'])
})

test('the second key may not take too long', () => {
  expect(press(['g', 'd'], 2000)).toEqual([null, null])
})

test('a key that leads nowhere begins anew', () => {
  expect(press(['g', 'x', 'd'])).toEqual([null, null, null])
  expect(press(['g', 'g', 'a'])).toEqual([null, null, 'g a'])
  expect(press(['g', '?'])).toEqual([null, '?'])
})

test('a shortcut of one key needs no other', () => {
  expect(press(['?', '/'])).toEqual(['?', '/'])
})

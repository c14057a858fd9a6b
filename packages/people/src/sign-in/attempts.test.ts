import { expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

test('beyond the limit it says how long to wait, and lets go when the window has passed', () => {
  const attempts = new Attempts({ limit: 2, windowMs: 1_000 })
  expect(attempts.add('ada', 0)).toBe(0)
  expect(attempts.add('ada', 400)).toBe(0)
  expect(attempts.add('ada', 500)).toBe(500)
  expect(attempts.add('eve', 500)).toBe(0)
  expect(attempts.add('ada', 1_001)).toBe(0)
})

test('what was forgotten counts no more', () => {
  const attempts = new Attempts({ limit: 1, windowMs: 1_000 })
  attempts.add('ada', 0)
  attempts.forget('ada')
  expect(attempts.add('ada', 1)).toBe(0)
})

test('it remembers no more keys than it may', () => {
  const attempts = new Attempts({ limit: 1, windowMs: 1_000, maxKeys: 2 })
  for (const key of ['a', 'b', 'c']) attempts.add(key, 0)
  expect(attempts.add('a', 1)).toBe(0)
  expect(attempts.add('c', 1)).toBe(999)
})

import { expect, test } from 'vitest'
import { countGuesses, openCrowd } from './crowd.ts'

test('a crowd is bounded in all and by key, and who leaves makes room once', () => {
  const crowd = openCrowd({ total: 3, perKey: 2 })
  const leave = crowd.enter('a')
  crowd.enter('a')
  expect(crowd.enter('a')).toBe(null)
  crowd.enter('b')
  expect(crowd.enter('c')).toBe(null)
  leave?.()
  leave?.()
  expect(crowd.size).toBe(2)
  expect(crowd.enter('c')).not.toBe(null)
  expect(crowd.enter('c')).toBe(null)
})

test('guesses are counted by address, for a while', () => {
  let now = 0
  const guesses = countGuesses(2, 1_000, () => now)
  guesses.wrong('a')
  expect(guesses.isTooMany('a')).toBe(false)
  guesses.wrong('a')
  expect([guesses.isTooMany('a'), guesses.isTooMany('b')]).toEqual([true, false])
  now = 1_001
  expect(guesses.isTooMany('a')).toBe(false)
})

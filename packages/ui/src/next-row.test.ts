import { expect, test } from 'vitest'
import { nextRow } from './next-row.ts'

test('arrows and j, k move by one and stop at the ends', () => {
  expect(nextRow('ArrowDown', -1, 3)).toBe(0)
  expect(nextRow('j', 2, 3)).toBe(2)
  expect(nextRow('k', 0, 3)).toBe(0)
  expect(nextRow('ArrowUp', 2, 3)).toBe(1)
})

test('Home and End go to the ends; other keys do not move; an empty list has nowhere to go', () => {
  expect(nextRow('End', 0, 3)).toBe(2)
  expect(nextRow('Home', 2, 3)).toBe(0)
  expect(nextRow('Enter', 0, 3)).toBeNull()
  expect(nextRow('j', -1, 0)).toBeNull()
})

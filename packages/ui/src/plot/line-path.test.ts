import { expect, test } from 'vitest'
import { linePath } from './line-path.ts'

test('values become a line from left to right, high ones at the top', () => {
  expect(linePath([0, 5, 10], { max: 10, places: 2 })).toBe('M0 100L500 50L1000 0')
})

test('what is not known is a gap, and a value alone is a dot', () => {
  expect(linePath([1, null, 1, null, 1, 1], { max: 2, places: 5 })).toBe('M0 50h0M400 50h0M800 50L1000 50')
})

test('a value beyond the top stays at the top', () => {
  expect(linePath([20], { max: 10, places: 1 })).toBe('M0 0h0')
})

test('nothing known draws nothing', () => {
  expect(linePath([null, null], { max: 1, places: 1 })).toBe('')
})

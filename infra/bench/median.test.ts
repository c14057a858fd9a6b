import { expect, test } from 'vitest'
import { median, percentile } from './median.ts'

test('the median is the middle, or the mean of the two in the middle', () => {
  expect(median([3])).toBe(3)
  expect(median([9, 1, 5])).toBe(5)
  expect(median([10, 1, 2, 3])).toBe(2.5)
  expect(median([100, 9, 1000])).toBe(100)
  expect(median([])).toBeNaN()
})

test('a percentile is a value that was measured, by nearest rank', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => 50 - index)
  expect(percentile(fifty, 0.95)).toBe(48)
  expect(percentile(fifty, 0)).toBe(1)
  expect(percentile(fifty, 1)).toBe(50)
  expect(percentile([7], 0.95)).toBe(7)
  expect(percentile([], 0.5)).toBeNaN()
})

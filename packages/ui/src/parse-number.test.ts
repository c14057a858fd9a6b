import { expect, test } from 'vitest'
import { parseNumber, stepNumber } from './parse-number.ts'

test.each([
  ['512', 512],
  [' 1,024 ', 1024],
  ['0.5', 0.5],
  ['-1', null],
  ['2049', null],
  ['', null],
  ['12 MB', null],
  ['1e3', null],
])('"%s" is typed for %s, between 0 and 2048', (typed, number) => {
  expect(parseNumber(typed, { min: 0, max: 2048 })).toBe(number)
})

test('a step leads to the next whole step, and no further than the bounds', () => {
  const bounds = { min: 64, max: 512, step: 64 }
  expect(stepNumber(128, 1, bounds)).toBe(192)
  expect(stepNumber(100, 1, bounds)).toBe(128)
  expect(stepNumber(100, -1, bounds)).toBe(64)
  expect(stepNumber(64, -1, bounds)).toBe(64)
  expect(stepNumber(500, 10, bounds)).toBe(512)
})

test('steps of a tenth stay tenths', () => {
  expect(stepNumber(0.2, 1, { min: 0, step: 0.1 })).toBe(0.3)
  expect(stepNumber(0.3, -1, { min: 0, step: 0.1 })).toBe(0.2)
})

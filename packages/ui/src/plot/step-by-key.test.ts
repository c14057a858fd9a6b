import { expect, test } from 'vitest'
import { stepByKey } from './step-by-key.ts'

test('the first arrow reads the newest step, the next ones walk', () => {
  expect(stepByKey('ArrowLeft', null, 60)).toBe(59)
  expect(stepByKey('ArrowLeft', 59, 60)).toBe(58)
  expect(stepByKey('ArrowRight', 59, 60)).toBe(59)
})

test('pages walk by tenths, Home and End lead to the edges', () => {
  expect(stepByKey('PageDown', 30, 60)).toBe(24)
  expect(stepByKey('Home', 30, 60)).toBe(0)
  expect(stepByKey('End', null, 60)).toBe(59)
})

test('other keys are left to the page', () => {
  expect(stepByKey('a', 3, 60)).toBeNull()
  expect(stepByKey('End', null, 0)).toBeNull()
})

import { expect, test } from 'vitest'
import { evenPlaces, unevenPlaces, wrappedLines } from './row-places.ts'

test('rows of one line each stand under each other', () => {
  const places = evenPlaces(100_000, 20)
  expect(places.height).toBe(2_000_000)
  expect([places.topOf(5), places.rowAt(100), places.rowAt(119), places.rowAt(9e9)]).toEqual([
    100, 5, 5, 99_999,
  ])
})

test('rows of several lines push down what follows them', () => {
  const places = unevenPlaces(4, 20, (row) => [1, 3, 1, 2][row] ?? 1)
  expect(places.height).toBe(140)
  expect([0, 1, 2, 3].map(places.topOf)).toEqual([0, 20, 80, 100])
  expect([0, 19, 20, 79, 80, 139, 500].map(places.rowAt)).toEqual([0, 0, 1, 1, 2, 3, 3])
})

test('a row is found at its own top, whatever the heights', () => {
  const places = unevenPlaces(1000, 20, (row) => 1 + ((row * 7) % 5))
  for (let row = 0; row < 1000; row += 37) expect(places.rowAt(places.topOf(row))).toBe(row)
})

test('an empty list has no height', () => {
  expect([evenPlaces(0, 20).rowAt(50), unevenPlaces(0, 20, () => 1).height]).toEqual([0, 0])
})

test('how many lines a text takes is bounded, and colours take no room', () => {
  expect(wrappedLines('', 80, 8)).toBe(1)
  expect(wrappedLines('x'.repeat(81), 80, 8)).toBe(2)
  expect(wrappedLines('x'.repeat(100_000), 80, 8)).toBe(8)
  expect(wrappedLines(`\x1b[31m${'x'.repeat(75)}\x1b[39m`, 80, 8)).toBe(1)
})

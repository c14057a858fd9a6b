import { expect, test } from 'vitest'
import type { LogLine } from './log-lines.ts'
import { shownLines } from './shown-lines.ts'

const lines: LogLine[] = [
  { number: 1, text: 'Building' },
  { number: 2, text: 'RUN one', group: 'one', isHead: true },
  { number: 3, text: 'a', group: 'one' },
  { number: 4, text: 'RUN two', group: 'two', isHead: true },
  { number: 5, text: 'b', group: 'one' },
  { number: 6, text: 'c', group: 'two' },
]
const numbers = (shown: readonly LogLine[]) => shown.map(({ number }) => number)
const showing = { group: null, folded: new Set<string>(), only: null }

test('without any wish the rows are the lines themselves: nothing is copied', () => {
  expect(shownLines(lines, showing)).toBe(lines)
})

test('of a folded group its head stays, also where lines of others are in between', () => {
  expect(numbers(shownLines(lines, { ...showing, folded: new Set(['one']) }))).toEqual([1, 2, 4, 6])
})

test('one group alone, and lines that hold the words alone', () => {
  expect(numbers(shownLines(lines, { ...showing, group: 'two' }))).toEqual([4, 6])
  expect(numbers(shownLines(lines, { ...showing, only: [3, 6] }))).toEqual([3, 6])
  expect(numbers(shownLines(lines, { ...showing, group: 'one', only: [3, 6] }))).toEqual([3])
})

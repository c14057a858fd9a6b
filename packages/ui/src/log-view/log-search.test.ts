import { expect, test } from 'vitest'
import type { LogLine } from './log-lines.ts'
import { firstAfter, LogSearch, nextHit, placeOf } from './log-search.ts'

const linesOf = (...texts: string[]): LogLine[] => texts.map((text, at) => ({ number: at + 1, text }))

test('finds lines whatever their case and their colours', () => {
  const search = new LogSearch('error: no')
  const lines = linesOf('\x1b[31mERROR\x1b[0m: no such file', 'fine', 'error: nothing')
  expect(search.look(lines, 100)).toBe(true)
  expect(search.hits).toEqual([1, 3])
})

test('a text with the signs of a pattern is meant as it is', () => {
  const search = new LogSearch('a.(b)*')
  search.look(linesOf('a.(b)*', 'axb', 'aaa'), 100)
  expect(search.hits).toEqual([1])
})

test('goes on where it was when its time is up, and when more lines have come', () => {
  const lines = linesOf(...Array.from({ length: 1000 }, (_, at) => (at % 100 === 0 ? 'hit' : 'miss')))
  const search = new LogSearch('hit')
  let time = 0
  const slow = () => time++
  expect(search.look(lines, 0, slow)).toBe(false)
  expect(search.hits.length).toBeLessThan(10)
  while (!search.look(lines, 0, slow));
  expect(search.hits).toHaveLength(10)
  const before = search.hits
  expect(search.look(lines, 10)).toBe(true)
  expect(search.hits).toBe(before)
  expect(search.look([...lines, { number: 1001, text: 'hit' }], 10)).toBe(true)
  expect(search.hits.at(-1)).toBe(1001)
})

test('forgets hits in lines that were dropped', () => {
  const lines = linesOf('hit', 'hit', 'hit')
  const search = new LogSearch('hit')
  search.look(lines, 10)
  search.look(lines.slice(1), 10)
  expect(search.hits).toEqual([2, 3])
})

test('the next hit is behind the line, the one before it before, and both begin again at the other end', () => {
  const hits = [10, 20, 30]
  expect([nextHit(hits, 20, 1), nextHit(hits, 30, 1), nextHit(hits, 0, 1)]).toEqual([30, 10, 10])
  expect([nextHit(hits, 20, -1), nextHit(hits, 10, -1), nextHit(hits, 25, -1)]).toEqual([10, 30, 20])
  expect(nextHit([], 1, 1)).toBeNull()
})

test('a line is found by its number, also where older ones were dropped', () => {
  const lines = linesOf('a', 'b', 'c', 'd').slice(2)
  expect([placeOf(lines, 3), placeOf(lines, 4), placeOf(lines, 1), placeOf(lines, 9)]).toEqual([0, 1, -1, -1])
  expect(firstAfter(lines, 0)).toBe(0)
})

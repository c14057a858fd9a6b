import { expect, test } from 'vitest'
import { isAtEnd, visibleRows } from './visible-rows.ts'

const view = { height: 400, rowHeight: 20, overscan: 5 }

test('of 100,000 rows only those in sight and a few around them are drawn', () => {
  const drawn = visibleRows({ ...view, scrollTop: 1_000_000, count: 100_000 })
  expect(drawn).toEqual({ from: 49_995, to: 50_025, before: 999_900, after: 999_500 })
})

test('the height of all rows together never changes while scrolling', () => {
  for (const scrollTop of [0, 13, 5_000, 19_600, 50_000]) {
    const { from, to, before, after } = visibleRows({ ...view, scrollTop, count: 1_000 })
    expect(before + after + (to - from) * 20).toBe(20_000)
  }
})

test('an empty list draws nothing', () => {
  expect(visibleRows({ ...view, scrollTop: 0, count: 0 })).toEqual({ from: 0, to: 0, before: 0, after: 0 })
})

test('a scroll position beyond a list that shrank draws its end', () => {
  const drawn = visibleRows({ ...view, scrollTop: 50_000, count: 10 })
  expect(drawn.to).toBe(10)
})

test('two rows above the end still count as the end', () => {
  expect(isAtEnd({ scrollTop: 560, height: 400, scrollHeight: 1000, rowHeight: 20 })).toBe(true)
  expect(isAtEnd({ scrollTop: 500, height: 400, scrollHeight: 1000, rowHeight: 20 })).toBe(false)
})

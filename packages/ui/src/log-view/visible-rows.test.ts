import { expect, test } from 'vitest'
import { evenPlaces, unevenPlaces } from './row-places.ts'
import { isAtEnd, visibleRows } from './visible-rows.ts'

const view = { height: 400, overscan: 5 }

test('of 100,000 rows only those in sight and a few around them are drawn', () => {
  const drawn = visibleRows(evenPlaces(100_000, 20), { ...view, scrollTop: 1_000_000 })
  expect(drawn).toEqual({ from: 49_995, to: 50_026, before: 999_900, after: 999_480 })
})

test('the height of all rows together never changes while scrolling', () => {
  for (const places of [evenPlaces(1_000, 20), unevenPlaces(1_000, 20, (row) => 1 + (row % 3))])
    for (const scrollTop of [0, 13, 5_000, 19_600, 50_000]) {
      const { from, to, before, after } = visibleRows(places, { ...view, scrollTop })
      expect(before + after + places.topOf(to) - places.topOf(from)).toBe(places.height)
    }
})

test('an empty list draws nothing', () => {
  const drawn = visibleRows(evenPlaces(0, 20), { ...view, scrollTop: 0 })
  expect(drawn).toEqual({ from: 0, to: 0, before: 0, after: 0 })
})

test('a scroll position beyond a list that shrank draws its end', () => {
  expect(visibleRows(evenPlaces(10, 20), { ...view, scrollTop: 50_000 }).to).toBe(10)
})

test('two rows above the end still count as the end', () => {
  expect(isAtEnd({ scrollTop: 560, height: 400, scrollHeight: 1000, rowHeight: 20 })).toBe(true)
  expect(isAtEnd({ scrollTop: 500, height: 400, scrollHeight: 1000, rowHeight: 20 })).toBe(false)
})

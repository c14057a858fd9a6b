import { expect, test } from 'vitest'
import { mergeLogLines } from './merge-log-lines.ts'

const line = (atMs: number, instance: string, text: string) => ({ atMs, instance, text })

test('lines of several instances come in the order of time', () => {
  const merged = mergeLogLines([
    [line(1, 'web.1', 'a'), line(4, 'web.1', 'd')],
    [line(2, 'web.2', 'b'), line(3, 'web.2', 'c')],
    [],
  ])
  expect(merged.map((found) => found.text)).toEqual(['a', 'b', 'c', 'd'])
})

test('lines of one instance keep their order although its clock went back', () => {
  const merged = mergeLogLines([[line(9, 'web.1', 'a'), line(2, 'web.1', 'b')], [line(5, 'web.2', 'c')]])
  expect(merged.map((found) => found.text)).toEqual(['c', 'a', 'b'])
})

test('of equal times the earlier list comes first', () => {
  const merged = mergeLogLines([[line(1, 'web.1', 'a')], [line(1, 'web.2', 'b')]])
  expect(merged.map((found) => found.text)).toEqual(['a', 'b'])
})

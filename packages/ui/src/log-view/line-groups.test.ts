import { expect, test } from 'vitest'
import { LineGroups } from './line-groups.ts'
import type { LogLine } from './log-lines.ts'

const lines: LogLine[] = [
  { number: 1, text: 'Building' },
  { number: 2, text: 'RUN one', group: 'one', isHead: true },
  { number: 3, text: 'a', group: 'one' },
  { number: 4, text: 'RUN two', group: 'two', isHead: true },
  { number: 5, text: 'b', group: 'one' },
]

test('lines are counted by their group, and later ones beside those that were counted', () => {
  const groups = new LineGroups()
  expect([...groups.look(lines.slice(0, 3))]).toEqual([['one', 1]])
  expect([...groups.look(lines)]).toEqual([
    ['one', 2],
    ['two', 0],
  ])
  expect(groups.look(lines)).toBe(groups.counts)
})

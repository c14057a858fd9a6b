import { expect, test } from 'vitest'
import { parseTime } from './parse-time.ts'

const now = Date.parse('2026-11-22T10:00:00Z')

test.each([
  ['10m', '2026-11-22T09:50:00.000Z'],
  ['90s', '2026-11-22T09:58:30.000Z'],
  ['2h', '2026-11-22T08:00:00.000Z'],
  ['7d', '2026-11-15T10:00:00.000Z'],
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.5+01:00', '2026-11-22T09:00:00.500Z'],
])('%s is %s', (text, time) => {
  expect(parseTime(text, now)).toBe(time)
})

test('a date without a zone is this machine’s', () => {
  expect(parseTime('2026-11-22')).toBe(new Date(2026, 10, 22).toISOString())
})

test.each(['', '10', '10x', 'yesterday', '2026-13-01', '-10m', '1e3s'])('%j is no time', (text) => {
  expect(() => parseTime(text)).toThrow(/10m/)
})

import { expect, test } from 'vitest'
import { sayMoment } from './say-moment.ts'
import { timeTicks } from './time-ticks.ts'

const at = (text: string) => Date.parse(`2026-11-${text}Z`)
const labels = (from: string, to: string) => timeTicks(at(from), at(to)).map(({ label }) => label)

test('an hour has a tick every ten minutes', () => {
  expect(labels('22T09:03:00', '22T10:03:00')).toEqual(['09:10', '09:20', '09:30', '09:40', '09:50', '10:00'])
})

test('where a day begins, its date stands', () => {
  expect(labels('21T13:00:00', '22T13:00:00')).toEqual([
    '16:00',
    '20:00',
    '22 Nov',
    '04:00',
    '08:00',
    '12:00',
  ])
})

test('a month has dates alone, a minute has seconds', () => {
  expect(labels('01T00:00:00', '30T00:00:00')).toContain('8 Nov')
  expect(labels('22T09:03:00', '22T09:04:00')).toContain('09:03:30')
})

test.each([60_000, 3_600_000, 7 * 86_400_000, 31 * 86_400_000])('%d ms have two to seven ticks', (span) => {
  const { length } = timeTicks(at('01T00:00:07'), at('01T00:00:07') + span)
  expect(length).toBeGreaterThanOrEqual(2)
  expect(length).toBeLessThanOrEqual(8)
})

test('a moment is as exact as the plot', () => {
  expect(sayMoment(at('22T09:03:10'), { stepMs: 10_000, spanMs: 3_600_000 })).toBe('09:03:10')
  expect(sayMoment(at('22T09:00:00'), { stepMs: 600_000, spanMs: 7 * 86_400_000 })).toBe('22 Nov, 09:00')
})

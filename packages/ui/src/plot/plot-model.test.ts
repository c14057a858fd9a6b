import { expect, test } from 'vitest'
import { momentOf, type PlotSeries, placeOf, sayReading, scaleOf, stepAt } from './plot-model.ts'
import { plotUnits } from './plot-unit.ts'

const times = { from: Date.parse('2026-11-22T09:00:00Z'), stepMs: 60_000, count: 3 }
const used: PlotSeries = { label: 'used', values: [0.1, null, 0.3], tone: 'accent' }
const minute = (count: number) => times.from + count * 60_000

test('a moment is read at the step nearest to it', () => {
  expect([0, 0.4, 0.6, 2.9].map((minutes) => stepAt(times, minute(minutes)))).toEqual([0, 0, 1, 2])
  expect(stepAt(times, minute(-2))).toBeNull()
  expect(stepAt(times, minute(9))).toBeNull()
  expect(stepAt({ ...times, count: 0 }, times.from)).toBeNull()
})

test('places are parts of the width', () => {
  expect(placeOf(times, momentOf(times, 0))).toBe(0)
  expect(placeOf(times, minute(1.5))).toBe(0.5)
})

test('the axis holds every series, the limit too', () => {
  const limit: PlotSeries = { label: 'limit', values: [2, 2, 2], tone: 'warn', limit: true }
  expect(scaleOf([used, limit], plotUnits.cpu).max).toBeGreaterThan(2)
})

test('a step is said with its values, with what is not known, and with what happened', () => {
  const given = { times, series: [used], marks: [{ at: minute(1.2), label: 'v12' }], unit: plotUnits.cpu }
  expect(sayReading(given, 0)).toBe('09:00, used 10 %')
  expect(sayReading(given, 1)).toBe('09:01, used –, v12')
})

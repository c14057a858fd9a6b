import { expect, test } from 'vitest'
import { valueScale } from './value-scale.ts'

const megabyte = 1024 * 1024

test('an axis ends at a round value above the highest', () => {
  expect(valueScale(34, { steps: 'decimal', least: 1 })).toEqual({ max: 40, ticks: [0, 10, 20, 30, 40] })
  expect(valueScale(0.13, { steps: 'decimal', least: 0.1 })).toEqual({
    max: 0.15,
    ticks: [0, 0.05, 0.1, 0.15],
  })
})

test('bytes have steps of powers of two', () => {
  const { ticks } = valueScale(512 * megabyte, { steps: 'binary', least: megabyte })
  expect(ticks.map((tick) => tick / megabyte)).toEqual([0, 128, 256, 384, 512, 640])
})

test('a value a little higher does not move the axis', () => {
  const of = (highest: number) => valueScale(highest, { steps: 'decimal', least: 1 })
  expect(of(31)).toEqual(of(38))
})

test('nothing at all still has an axis', () => {
  expect(valueScale(0, { steps: 'decimal', least: 1 }).max).toBeGreaterThanOrEqual(1)
})

test.each([1e-6, 0.007, 1, 99, 1023, 5e9])('%d lies below the top, with three to eight ticks', (highest) => {
  for (const steps of ['decimal', 'binary'] as const) {
    const { max, ticks } = valueScale(highest, { steps, least: highest / 2 })
    expect(max).toBeGreaterThanOrEqual(highest)
    expect(ticks.length).toBeGreaterThanOrEqual(3)
    expect(ticks.length).toBeLessThanOrEqual(8)
  }
})

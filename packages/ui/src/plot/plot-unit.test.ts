import { expect, test } from 'vitest'
import { plotUnits } from './plot-unit.ts'

test.each([
  ['cpu', 0.1234, '12 %'],
  ['cpu', 0.0052, '0.52 %'],
  ['cpu', 1.5, '150 %'],
  ['bytes', 512 * 1024 * 1024, '512 MB'],
  ['bytesPerSecond', 300, '300 B/s'],
  ['perSecond', 0, '0/s'],
  ['perSecond', 3.42, '3.4/s'],
  ['perSecond', 1234.5, '1,235/s'],
  ['milliseconds', 114.4, '114 ms'],
  ['milliseconds', 1250, '1.25 s'],
  ['count', 3, '3'],
] as const)('as %s, %d is said %j', (unit, value, words) => {
  expect(plotUnits[unit].say(value)).toBe(words)
})

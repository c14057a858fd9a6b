import { expect, test } from 'vitest'
import { isExpiring, renewAt, retryAt } from './renewal-times.ts'

const dayMs = 24 * 60 * 60_000
const minuteMs = 60_000
const life = { notBefore: new Date(0), notAfter: new Date(90 * dayMs) }

test('it is renewed at two thirds of its life, a little earlier by chance', () => {
  expect(renewAt(life, () => 0)).toEqual(new Date(60 * dayMs))
  expect(renewAt(life, () => 1)).toEqual(new Date(55.5 * dayMs))
})

test('what was in vain is tried ever more seldom, and by no authority more than three times an hour', () => {
  const waits = (asked: boolean) =>
    Array.from({ length: 9 }, (_, attempts) => retryAt({ attempts, asked }, 0, () => 0).getTime() / minuteMs)
  expect(waits(true)).toEqual([10, 30, 60, 180, 360, 720, 1440, 1440, 1440])
  expect(waits(false)).toEqual([1, 2, 5, 10, 30, 60, 60, 60, 60])
})

test('an authority that names a time is not asked before', () => {
  const at = (afterMs: number) => retryAt({ attempts: 0, asked: true, afterMs }, 0, () => 0).getTime()
  expect(at(3 * dayMs)).toBe(3 * dayMs)
  expect(at(1_000)).toBe(10 * minuteMs)
})

test('somebody is told when a renewal is overdue, and two weeks before the end of one of their own', () => {
  const at = (days: number, source: 'acme' | 'own') => isExpiring(life, source, days * dayMs)
  expect([at(74, 'acme'), at(76, 'acme')]).toEqual([false, true])
  expect([at(75, 'own'), at(77, 'own')]).toEqual([false, true])
})

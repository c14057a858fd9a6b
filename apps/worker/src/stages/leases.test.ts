import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Leases, openLeases } from './leases.ts'

let leases: Leases
let lapsed: string[]
beforeEach(() => {
  vi.useFakeTimers()
  lapsed = []
  leases = openLeases({ graceMs: 10_000, lapsed: (id) => lapsed.push(id) })
})
afterEach(() => {
  leases.close()
  vi.useRealTimers()
})

test('a lease lapses when nobody has held it for the grace', () => {
  const giveBack = leases.hold('b1')
  vi.advanceTimersByTime(60_000)
  giveBack()
  vi.advanceTimersByTime(9_999)
  expect(lapsed).toEqual([])
  vi.advanceTimersByTime(1)
  expect(lapsed).toEqual(['b1'])
})

test('who comes back in time keeps it', () => {
  leases.hold('b1')()
  vi.advanceTimersByTime(9_000)
  leases.hold('b1')
  vi.advanceTimersByTime(60_000)
  expect(lapsed).toEqual([])
})

test('of two holders the last one counts', () => {
  const first = leases.hold('b1')
  const second = leases.hold('b1')
  first()
  vi.advanceTimersByTime(60_000)
  expect(lapsed).toEqual([])
  second()
  vi.advanceTimersByTime(10_000)
  expect(lapsed).toEqual(['b1'])
})

test('a deployment inherits the lease of its build, and has to be come for', () => {
  leases.hold('b1')
  leases.inherit('b1', 'd1')
  leases.end('b1')
  vi.advanceTimersByTime(10_000)
  expect(lapsed).toEqual(['d1'])
})

test('what was never waited for does not lapse', () => {
  leases.inherit('b1', 'd1')
  vi.advanceTimersByTime(60_000)
  expect(lapsed).toEqual([])
})

test('a stage that has ended does not lapse', () => {
  leases.hold('b1')()
  leases.end('b1')
  vi.advanceTimersByTime(60_000)
  expect(lapsed).toEqual([])
})

import { expect, test } from 'vitest'
import { type Look, usageBetween } from './usage-between.ts'

const look: Look = {
  ...{
    atMs: 100_000,
    cpuTimeMs: 5_000,
    memoryBytes: 1_000_000,
    memoryLimitBytes: 4_000_000,
    cpus: 2,
    pids: 3,
  },
  network: { receivedBytes: 1_000, sentBytes: 2_000 },
  blockIo: { readBytes: 10_000, writtenBytes: 20_000 },
}
const later: Look = {
  ...{ ...look, atMs: 110_000, cpuTimeMs: 7_500, memoryBytes: 2_000_000, pids: 4 },
  network: { receivedBytes: 1_500, sentBytes: 2_000 },
  blockIo: { readBytes: 10_000, writtenBytes: 20_480 },
}

test('counters are told by how much they grew, the rest as it is now', () => {
  expect(usageBetween(look, later, 1)).toEqual({
    ...{ coveredMs: 10_000, cpuMs: 2_500, cpuPeak: 0.25, memoryByteMs: 2e10, memoryPeakBytes: 2_000_000 },
    ...{ memoryLimitBytes: 4_000_000, receivedBytes: 500, sentBytes: 0, readBytes: 0, writtenBytes: 480 },
    ...{ pidsPeak: 4, restarts: 1 },
  })
})

test('a counter that has begun again tells what came since: nothing is negative', () => {
  const restarted = {
    ...{ ...later, cpuTimeMs: 40, network: { receivedBytes: 7, sentBytes: 8 } },
    blockIo: { readBytes: 9, writtenBytes: 10 },
  }
  expect(usageBetween(look, restarted)).toMatchObject({
    ...{ cpuMs: 40, receivedBytes: 7, sentBytes: 8, readBytes: 9, writtenBytes: 10 },
  })
})

test('no more time on the CPUs than there was', () => {
  expect(usageBetween(look, { ...later, cpuTimeMs: 9e9 })?.cpuMs).toBe(21_000)
})

test.each([
  ['no time has passed', look.atMs],
  ['the clock went back', look.atMs - 1],
  ['the worker stood still for long', look.atMs + 31_000],
])('where %s, nothing is told', (_what, atMs) => {
  expect(usageBetween(look, { ...later, atMs })).toBeNull()
})

test('without a network there is none', () => {
  expect(usageBetween({ ...look, network: null }, { ...later, network: null })).toMatchObject({
    ...{ receivedBytes: 0, sentBytes: 0 },
  })
})

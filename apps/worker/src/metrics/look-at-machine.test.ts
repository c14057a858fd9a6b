import { expect, test } from 'vitest'
import { lookAtMachine, parseMemory, parseStat } from './look-at-machine.ts'

test('busy is what is neither idle nor waiting', () => {
  const text =
    'cpu  100 20 30 1000 500 6 7 8 9 0\ncpu0 50 10 15 500 250 3 3 4 4 0\ncpu1 50 10 15 500 250 3 4 4 5 0\nintr 1\n'
  expect(parseStat(text)).toEqual({ cpuTimeMs: 1_710, cpus: 2 })
})

test('memory in use is what is not available', () => {
  expect(
    parseMemory('MemTotal:        4000 kB\nMemFree:         100 kB\nMemAvailable:    1000 kB\n'),
  ).toEqual({
    ...{ memoryTotalBytes: 4_096_000, memoryBytes: 3_072_000 },
  })
})

test('this machine has a CPU and memory', async () => {
  const look = await lookAtMachine()
  expect(look.cpus).toBeGreaterThan(0)
  expect(look.cpuTimeMs).toBeGreaterThan(0)
  expect(look.memoryTotalBytes).toBeGreaterThan(look.memoryBytes)
})

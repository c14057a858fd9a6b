import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ContainerLimits } from '../engine.ts'
import { holdableLimits } from './assert-limits.ts'
import type { HostLimits } from './host-limits.ts'
import { ociResources } from './resources.ts'

const megabyte = 1024 * 1024
const limits: ContainerLimits = { memoryBytes: 64 * megabyte, cpuWeight: 100, cpus: null, pids: 40 }
const host: HostLimits = {
  cgroupVersion: 2,
  swapAccounting: true,
  openFiles: 20_000,
  oomScore: 0,
  blockIo: { rates: true, weight: true },
}
const refusal = (over: Partial<ContainerLimits>, machine: Partial<HostLimits> = {}) => {
  try {
    holdableLimits({ ...limits, ...over }, { ...host, ...machine })
    return 'held'
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('what no limit can be is refused', () => {
  expect(refusal({ memoryAndSwapBytes: 32 * megabyte })).toBe('CONTAINER.INVALID')
  expect(refusal({ memoryBytes: null, memoryAndSwapBytes: 64 * megabyte })).toBe('CONTAINER.INVALID')
  expect(refusal({ openFiles: 3 })).toBe('CONTAINER.INVALID')
  expect(refusal({ blockIo: { weight: 5 } })).toBe('CONTAINER.INVALID')
  for (const path of ['/etc/passwd', '/dev/null', '/dev/no-such', 'vda', '/dev/\0', '/dev']) {
    expect(refusal({ blockIo: { readBytesPerSecond: { [path]: 1 } } })).toBe('CONTAINER.INVALID')
  }
})

test('what this machine cannot hold is refused', () => {
  const code = 'CONTAINER.LIMIT_UNSUPPORTED'
  expect(refusal({ memoryAndSwapBytes: 128 * megabyte }, { swapAccounting: false })).toBe(code)
  expect(refusal({ memoryAndSwapBytes: 64 * megabyte }, { swapAccounting: false })).toBe('held')
  expect(refusal({ openFiles: 20_001 })).toBe(code)
  const rates = { writeOperationsPerSecond: { [aDisk().path]: 100 } }
  expect(refusal({ blockIo: rates }, { blockIo: { rates: false, weight: true } })).toBe(code)
})

test('a weight that the kernel does not know is left out', () => {
  const held = holdableLimits(
    { ...limits, blockIo: { weight: 300 } },
    { ...host, blockIo: { rates: true, weight: false } },
  )
  expect(held.blockIo).toEqual({})
})

test('a device is told to the runtime by its numbers', () => {
  const { path, major, minor } = aDisk()
  const held = holdableLimits(
    { ...limits, blockIo: { weight: 300, readBytesPerSecond: { [path]: 1_000 } } },
    host,
  )
  expect(ociResources(held, host).blockIO).toEqual({
    weight: 300,
    throttleReadBpsDevice: [{ major, minor, rate: 1_000 }],
  })
})

test('memory and swap are told together; without a word about swap there is none', () => {
  const told = (over: Partial<ContainerLimits>) =>
    ociResources({ ...limits, ...over, blockIo: {} }, host).memory
  expect(told({})).toEqual({ limit: 64 * megabyte, swap: 64 * megabyte })
  expect(told({ memoryAndSwapBytes: 96 * megabyte })).toEqual({ limit: 64 * megabyte, swap: 96 * megabyte })
})

function aDisk() {
  const name = readdirSync('/dev').find((each) => /^(?:vd|sd|xvd|nvme\d+n|loop)[a-z0-9]$/.test(each)) ?? ''
  const numbers = readFileSync(`/sys/class/block/${name}/dev`, 'utf8').trim().split(':').map(Number)
  return { path: `/dev/${name}`, major: numbers[0], minor: numbers[1] }
}

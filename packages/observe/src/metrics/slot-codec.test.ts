import { assert, integer, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { bucketCount } from './latency-histogram.ts'
import { packCount, trafficCodec, unpackCount, usageCodec } from './slot-codec.ts'
import type { Traffic } from './traffic.ts'
import { noUsage } from './usage.ts'

const at = 1_795_341_600_000
const usage = { ...noUsage, coveredMs: 10_000, cpuMs: 1_234.5, memoryPeakBytes: 2 ** 30, restarts: 1 }
const traffic: Traffic = {
  statuses: [1, 2, 3, 4, 4_294_967_295],
  requestBytes: 1_024,
  responseBytes: 2 ** 40,
  latency: Array.from({ length: bucketCount }, (_, bucket) => bucket),
}

test('a slot is read as it was written, at its own moment alone', () => {
  expect(usageCodec.decode(usageCodec.encode(usage, at), at)).toEqual(usage)
  expect(trafficCodec.decode(trafficCodec.encode(traffic, at), at)).toEqual(traffic)
  expect(usageCodec.decode(usageCodec.encode(usage, at), at + 10_000)).toBeNull()
})

test('their sizes are part of what is on the disk', () => {
  expect([usageCodec.bytes, trafficCodec.bytes]).toEqual([56, 164])
})

test('a slot that was not written, or half, or changed, is none', () => {
  const slot = usageCodec.encode(usage, at)
  expect(usageCodec.decode(Buffer.alloc(usageCodec.bytes), 0)).toBeNull()
  expect(usageCodec.decode(slot.subarray(0, 20), at)).toBeNull()
  assert(
    property(nat({ max: slot.length - 1 }), integer({ min: 1, max: 255 }), (place, difference) => {
      const changed = Buffer.from(slot)
      changed[place] = (changed[place] ?? 0) ^ difference
      expect(usageCodec.decode(changed, at)).toBeNull()
    }),
  )
})

test('a count is exact while it is small, and near while it is not', () => {
  assert(
    property(nat({ max: 4_095 }), (counted) => {
      expect(unpackCount(packCount(counted))).toBe(counted)
    }),
  )
  assert(
    property(nat({ max: 134_000_000 }), (counted) => {
      expect(Math.abs(unpackCount(packCount(counted)) - counted)).toBeLessThanOrEqual(counted / 4_096)
    }),
  )
  expect(unpackCount(packCount(1e12))).toBe(4_095 * 2 ** 15)
  expect(packCount(-1)).toBe(0)
})

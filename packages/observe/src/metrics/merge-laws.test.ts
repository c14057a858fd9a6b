import { array, assert, nat, property, record, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { bucketCount } from './latency-histogram.ts'
import { mergeTraffic, noTraffic, requestsOf } from './traffic.ts'
import { mergeUsage, noUsage } from './usage.ts'

const number = nat({ max: 2 ** 40 })
const usage = record({
  ...{ coveredMs: number, cpuMs: number, cpuPeak: number, memoryByteMs: number, memoryPeakBytes: number },
  ...{ memoryLimitBytes: number, receivedBytes: number, sentBytes: number, readBytes: number },
  ...{ writtenBytes: number, pidsPeak: number, restarts: number },
})
const traffic = record({
  statuses: tuple(number, number, number, number, number),
  requestBytes: number,
  responseBytes: number,
  latency: array(number, { minLength: bucketCount, maxLength: bucketCount }),
})

test('usage: merging is associative, and none changes nothing', () => {
  assert(
    property(usage, usage, usage, (a, b, c) => {
      expect(mergeUsage(mergeUsage(a, b), c)).toEqual(mergeUsage(a, mergeUsage(b, c)))
      expect(mergeUsage(a, noUsage)).toEqual(a)
      expect(mergeUsage(noUsage, a)).toEqual(a.coveredMs > 0 ? a : { ...a, memoryLimitBytes: 0 })
    }),
  )
})

test('traffic: merging is associative and commutative, and none changes nothing', () => {
  assert(
    property(traffic, traffic, traffic, (a, b, c) => {
      expect(mergeTraffic(mergeTraffic(a, b), c)).toEqual(mergeTraffic(a, mergeTraffic(b, c)))
      expect(mergeTraffic(a, b)).toEqual(mergeTraffic(b, a))
      expect(mergeTraffic(a, noTraffic)).toEqual(a)
      expect(requestsOf(mergeTraffic(a, b))).toBe(requestsOf(a) + requestsOf(b))
    }),
  )
})

import { array, assert, integer, nat, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bucketCount,
  bucketFloorMs,
  bucketOf,
  count,
  countAll,
  emptyHistogram,
  type LatencyHistogram,
  mergeHistograms,
  quantileMs,
} from './latency-histogram.ts'

const latencies = array(nat({ max: 200_000 }), { maxLength: 200 })

function of(values: readonly number[]): LatencyHistogram {
  const histogram = emptyHistogram()
  for (const value of values) count(histogram, value)
  return histogram
}

describe('buckets', () => {
  test.each([
    [0, 0],
    [7, 7],
    [8, 8],
    [9, 8],
    [10, 9],
    [16, 12],
    [131_071, 63],
    [131_072, 63],
    [Number.MAX_SAFE_INTEGER, 63],
    [-5, 0],
    [1.9, 1],
  ])('%d ms falls into the %dth', (ms, bucket) => {
    expect(bucketOf(ms)).toBe(bucket)
  })

  test('each begins where the one before ends', () => {
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      expect(bucketOf(bucketFloorMs(bucket))).toBe(bucket)
      if (bucket > 0) expect(bucketOf(bucketFloorMs(bucket) - 1)).toBe(bucket - 1)
    }
  })
})

describe('merging', () => {
  test('what was counted apart is what would have been counted together', () => {
    assert(
      property(latencies, latencies, (one, other) => {
        expect(mergeHistograms(of(one), of(other))).toEqual(of([...one, ...other]))
      }),
    )
  })

  test('is associative and commutative, and an empty one changes nothing', () => {
    assert(
      property(latencies, latencies, latencies, (one, two, three) => {
        const [a, b, c] = [of(one), of(two), of(three)]
        expect(mergeHistograms(mergeHistograms(a, b), c)).toEqual(mergeHistograms(a, mergeHistograms(b, c)))
        expect(mergeHistograms(a, b)).toEqual(mergeHistograms(b, a))
        expect(mergeHistograms(a, emptyHistogram())).toEqual(a)
      }),
    )
  })
})

describe('quantiles', () => {
  test('are within an eighth of the true value, and exact below 8 ms', () => {
    assert(
      property(
        array(nat({ max: 130_000 }), { minLength: 1, maxLength: 300 }),
        integer({ min: 1, max: 100 }),
        (values, percent) => {
          const sorted = values.toSorted((one, other) => one - other)
          const truth = sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0
          const said = quantileMs(of(values), percent / 100) ?? Number.NaN
          expect(Math.abs(said - truth)).toBeLessThanOrEqual(truth < 8 ? 0 : truth / 8)
        },
      ),
    )
  })

  test('of nothing are nothing', () => {
    expect(quantileMs(emptyHistogram(), 0.5)).toBeNull()
    expect(countAll(emptyHistogram())).toBe(0)
  })

  test('of hours are the last bucket’s', () => {
    expect(quantileMs(of([9e9]), 0.5)).toBe(114_688)
  })
})

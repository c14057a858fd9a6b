/**
 * How long requests took, in a fixed number of buckets: it costs the same however many there were, and those of an hour are
 * the sum of those of its minutes. Values are whole milliseconds, which is what the front door measures.
 *
 * Buckets: 0 to 7 ms each their own; from 8 ms on, every power of two is cut into four of one width, up to 131 s, beyond
 * which all fall into the last. So a quantile is exact below 8 ms and within 12.5 % above. (The way of HdrHistogram, with two
 * bits of precision.)
 *
 * Laws, held by tests: merging is associative and commutative, an empty one changes nothing, and a merged one is what
 * would have come of all values at once.
 */
export type LatencyHistogram = readonly number[]

export const bucketCount = 64

const exactBelowMs = 8
const perOctave = 4
/** 2³ is the first that is cut. */
const firstOctave = 3

export function emptyHistogram(): number[] {
  return new Array<number>(bucketCount).fill(0)
}

/** Counts one more in place: this is done for every request. */
export function count(histogram: number[], ms: number): void {
  const bucket = bucketOf(ms)
  histogram[bucket] = (histogram[bucket] ?? 0) + 1
}

export function bucketOf(ms: number): number {
  const whole = Math.max(0, Math.floor(ms))
  if (whole < exactBelowMs) return whole
  const octave = Math.min(31, Math.floor(Math.log2(whole)))
  const part = Math.floor((whole / 2 ** octave - 1) * perOctave)
  return Math.min(bucketCount - 1, exactBelowMs + (octave - firstOctave) * perOctave + part)
}

/** The smallest value that falls into it. */
export function bucketFloorMs(bucket: number): number {
  if (bucket < exactBelowMs) return bucket
  const octave = firstOctave + Math.floor((bucket - exactBelowMs) / perOctave)
  return 2 ** octave * (1 + ((bucket - exactBelowMs) % perOctave) / perOctave)
}

export function mergeHistograms(one: LatencyHistogram, other: LatencyHistogram): number[] {
  return one.map((counted, bucket) => counted + (other[bucket] ?? 0))
}

export function countAll(histogram: LatencyHistogram): number {
  return histogram.reduce((sum, counted) => sum + counted, 0)
}

/** `fraction` of all took no longer than this: 0.5 is the median. Null: there were none. */
export function quantileMs(histogram: LatencyHistogram, fraction: number): number | null {
  const all = countAll(histogram)
  if (all === 0) return null
  const wanted = Math.max(1, Math.ceil(fraction * all))
  let passed = 0
  for (const [bucket, counted] of histogram.entries()) {
    passed += counted
    if (passed >= wanted) return middleMs(bucket)
  }
  return middleMs(bucketCount - 1)
}

/** Of the last bucket, which has no end, its floor. */
function middleMs(bucket: number): number {
  const floor = bucketFloorMs(bucket)
  if (bucket < exactBelowMs || bucket === bucketCount - 1) return floor
  return (floor + bucketFloorMs(bucket + 1)) / 2
}

import { emptyHistogram, type LatencyHistogram, mergeHistograms } from './latency-histogram.ts'

/**
 * What came for an app over a while. Laws, held by tests: merging is associative and commutative, and `noTraffic` changes
 * nothing.
 */
export type Traffic = {
  /** 1xx to 5xx. */
  statuses: StatusCounts
  requestBytes: number
  responseBytes: number
  /** Without WebSockets, which last as long as they like; and without what the front door had no room to tell. */
  latency: LatencyHistogram
}

export type StatusCounts = readonly [number, number, number, number, number]

export const noTraffic: Traffic = {
  statuses: [0, 0, 0, 0, 0],
  requestBytes: 0,
  responseBytes: 0,
  latency: emptyHistogram(),
}

export function mergeTraffic(one: Traffic, other: Traffic): Traffic {
  const [a, b] = [one.statuses, other.statuses]
  return {
    statuses: [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]],
    requestBytes: one.requestBytes + other.requestBytes,
    responseBytes: one.responseBytes + other.responseBytes,
    latency: mergeHistograms(one.latency, other.latency),
  }
}

export function requestsOf({ statuses }: Pick<Traffic, 'statuses'>): number {
  return statuses.reduce((sum, counted) => sum + counted, 0)
}

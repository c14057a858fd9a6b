import { expect, test } from 'vitest'
import { failsOften, sayPace, sayTraffic } from './say-traffic.ts'

const line = (requests: number | null, serverErrors: number | null = 0) => ({
  ...{ app: 'shop', requests: [], serverErrors: [] },
  total: { requests, serverErrors },
})

test.each([
  [line(null, null), 'Nothing is known of the last hour', 'not known'],
  [line(0), 'No request in the last hour', 'no requests'],
  [line(1), '1 request in the last hour', '1/h'],
  [line(90), '90 requests in the last hour', '1.5/min'],
  [line(44_120, 210), '44,120 requests in the last hour, 210 failed', '12/s'],
])('%j is said in words and in short', (given, words, short) => {
  expect([sayTraffic(given), sayPace(given)]).toEqual([words, short])
})

test('one in a hundred that fails is often', () => {
  expect([line(0), line(1000, 9), line(1000, 10), line(null, null)].map(failsOften)).toEqual([
    ...[false, false, true, false],
  ])
})

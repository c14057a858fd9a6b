import { quantileMs } from '@berth/observe'
import type { RouteCounters } from '@berth/route'
import { type FakeAccessLog, fakeAccessLog } from '@berth/route/drivers/fake-access-log.ts'
import { beforeEach, expect, test } from 'vitest'
import { countTraffic, type TrafficCount } from './count-traffic.ts'

let now: number
let log: FakeAccessLog
let traffic: TrafficCount
beforeEach(() => {
  now = 1_000_000
  log = fakeAccessLog()
  traffic = countTraffic(log, () => now)
})

const counted = (...statuses: [number, number, number, number, number]): RouteCounters => ({
  ...{ routeId: 'shop', activeRequests: 0, requests: 0, errors: 0, statuses },
})
const tell = (line: Partial<Parameters<FakeAccessLog['tell']>[0]> = {}) =>
  log.tell({ routeId: 'shop', atMs: now, ...line })

test('requests are added up by app: classes, bytes and how long they took', () => {
  tell({ totalMs: 3 })
  tell({ status: 404, totalMs: 5 })
  tell({ routeId: 'blog', status: 500 })
  const taken = traffic.take([])
  expect(taken.get('shop')).toMatchObject({
    statuses: [0, 1, 0, 1, 0],
    requestBytes: 200,
    responseBytes: 2_000,
  })
  expect(quantileMs(taken.get('shop')?.latency ?? [], 1)).toBe(5)
  expect(taken.get('blog')?.statuses).toEqual([0, 0, 0, 0, 1])
  expect(traffic.take([]).size).toBe(0)
})

test('totals go on', () => {
  tell({ totalMs: 3 })
  traffic.take([])
  tell({ totalMs: 4 })
  traffic.take([])
  expect(traffic.totals().get('shop')).toMatchObject({ statuses: [0, 2, 0, 0, 0], latencySumMs: 7 })
  traffic.forget('shop')
  expect(traffic.totals().size).toBe(0)
})

test('a WebSocket counts, and its hours do not', () => {
  tell({ status: 101, totalMs: 7_200_000 })
  const taken = traffic.take([]).get('shop')
  expect(taken?.statuses).toEqual([1, 0, 0, 0, 0])
  expect(quantileMs(taken?.latency ?? [], 0.5)).toBeNull()
})

test('what the front door kept while nobody listened is of another time', () => {
  tell({ atMs: now - 60_000 })
  expect(traffic.take([]).size).toBe(0)
  now += 10_000
  tell({ atMs: now - 60_000 })
  expect(traffic.take([]).size).toBe(1)
})

test('where lines were lost, the front door’s own counters stand in', () => {
  traffic.take([counted(0, 100, 0, 0, 0)])
  tell({ totalMs: 3 })
  log.lose(40)
  const taken = traffic.take([counted(0, 141, 0, 0, 2)]).get('shop')
  expect(taken?.statuses).toEqual([0, 41, 0, 0, 2])
  expect(quantileMs(taken?.latency ?? [], 0.5)).toBe(3)
})

test('where none were, they do not: a request lies between the two', () => {
  traffic.take([counted(0, 100, 0, 0, 0)])
  tell()
  expect(traffic.take([counted(0, 102, 0, 0, 0)]).get('shop')?.statuses).toEqual([0, 1, 0, 0, 0])
})

test('counters that begin again with a reload tell what came since', () => {
  traffic.take([counted(0, 1_000, 0, 0, 0)])
  log.lose(1)
  expect(traffic.take([counted(0, 5, 0, 0, 0)]).get('shop')?.statuses).toEqual([0, 5, 0, 0, 0])
})

test('the first look at a counter tells nothing', () => {
  log.lose(1)
  expect(traffic.take([counted(0, 1_000_000, 0, 0, 0)]).size).toBe(0)
})

import { count, emptyHistogram, mergeTraffic, noTraffic, type Traffic } from '@berth/observe'
import type { AccessLine, AccessLog, RouteCounters } from '@berth/route'

/**
 * What comes for each app, added up from the front door's lines as they come: a look-up and some additions a request. Where
 * the front door had no room for lines, its own counters stand in for how many there were; how long those took stays unknown.
 */
export type TrafficCount = {
  /** What came since the last call, by app; apps for which nothing came are not in it. */
  take(counters: readonly RouteCounters[]): Map<string, Traffic>
  /** Since this worker began, by app. */
  totals(): ReadonlyMap<string, TrafficTotals>
  forget(appId: string): void
  close(): void
}

export type TrafficTotals = Traffic & { latencySumMs: number }

/** Lines that the front door kept while nobody listened come first, all at once: they are of another time. */
const kept = { withinMs: 5_000 }

export function countTraffic(accessLog: AccessLog, now: () => number = Date.now): TrafficCount {
  const began = now()
  const current = new Map<string, Counting>()
  const totals = new Map<string, TrafficTotals>()
  const before = new Map<string, Counted>()
  let lostBefore = accessLog.lost()

  const unsubscribe = accessLog.subscribe((line) => {
    if (line.atMs < began && now() - began < kept.withinMs) return
    const counting = current.get(line.routeId) ?? newCounting()
    current.set(line.routeId, counting)
    add(counting, line)
  })

  function take(counters: readonly RouteCounters[]): Map<string, Traffic> {
    const lost = accessLog.lost()
    const isWhole = lost === lostBefore
    lostBefore = lost
    const taken = new Map<string, Traffic>()
    for (const [appId, { latencySumMs: _, ...traffic }] of current) taken.set(appId, traffic)
    for (const counted of counters) {
      const grown = grownBy(before.get(counted.routeId), counted)
      before.set(counted.routeId, counted)
      if (!isWhole && grown !== null) taken.set(counted.routeId, fuller(taken.get(counted.routeId), grown))
    }
    for (const [appId, traffic] of taken) {
      const total = totals.get(appId) ?? { ...noTraffic, latencySumMs: 0 }
      const latencySumMs = total.latencySumMs + (current.get(appId)?.latencySumMs ?? 0)
      totals.set(appId, { ...mergeTraffic(total, traffic), latencySumMs })
    }
    current.clear()
    return taken
  }

  return {
    take,
    totals: () => totals,
    forget: (appId) => {
      for (const map of [current, totals, before]) map.delete(appId)
    },
    close: unsubscribe,
  }
}

type Counting = {
  statuses: [number, number, number, number, number]
  requestBytes: number
  responseBytes: number
  latency: number[]
  latencySumMs: number
}

function newCounting(): Counting {
  return {
    statuses: [0, 0, 0, 0, 0],
    requestBytes: 0,
    responseBytes: 0,
    latency: emptyHistogram(),
    latencySumMs: 0,
  }
}

const switchingProtocols = 101

function add(counting: Counting, { status, requestBytes, responseBytes, totalMs }: AccessLine): void {
  const place = Math.floor(status / 100) - 1
  if (place >= 0 && place < 5) counting.statuses[place as 0 | 1 | 2 | 3 | 4] += 1
  counting.requestBytes += requestBytes
  counting.responseBytes += responseBytes
  // A WebSocket lasts as long as its two ends like.
  if (status === switchingProtocols) return
  count(counting.latency, totalMs)
  counting.latencySumMs += totalMs
}

type Counted = Pick<RouteCounters, 'statuses'>

/** Null at the first look. A counter that is smaller than before has begun again, with a reload of the front door. */
function grownBy(before: Counted | undefined, after: Counted): Traffic['statuses'] | null {
  if (before === undefined) return null
  const grown = (place: 0 | 1 | 2 | 3 | 4) => {
    const [was, is] = [before.statuses[place], after.statuses[place]]
    return is >= was ? is - was : is
  }
  return [grown(0), grown(1), grown(2), grown(3), grown(4)]
}

function fuller(heard: Traffic | undefined, counted: Traffic['statuses']): Traffic {
  const known = heard ?? noTraffic
  const most = (place: 0 | 1 | 2 | 3 | 4) => Math.max(known.statuses[place], counted[place])
  return { ...known, statuses: [most(0), most(1), most(2), most(3), most(4)] }
}

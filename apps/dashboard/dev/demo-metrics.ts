import {
  bucketCount,
  bucketOf,
  type MetricsFiles,
  machineSeries,
  noTraffic,
  noUsage,
  type Plot,
  type PlotQuery,
  type Range,
  type Resolution,
  readPlot,
  startOf,
  type Traffic,
  type Usage,
} from '@berth/observe'
import type { Slot } from '@berth/observe/metrics/ring-file.ts'

/**
 * Thirty days of figures, worked out when they are asked for: the same moment has the same figures, whatever the step. What
 * the worker makes of its files (readPlot) makes plots of these as well.
 */
export function demoPlot(app: string, query: PlotQuery): Promise<Plot> {
  return readPlot(filesOf(app), { appId: app }, query)
}

export function plotQueryOf(query: URLSearchParams): PlotQuery {
  const number = (name: string) => Number(query.get(name))
  const range = { from: number('from'), to: number('to'), points: number('points') }
  return { instance: query.get('instance'), process: query.get('process'), ...range }
}

type Habit = {
  /** Requests a second at noon. */
  requests: number
  middleMs: number
  errors: number
  /** Of each instance: megabytes, and how many days ago it came. */
  instances: Record<string, { memory: number; limit: number; cpu: number; days: number; leaks?: boolean }>
}

const web = (memory: number, days = 30) => ({ memory, limit: 512, cpu: 0.09, days })
const habits: Record<string, Habit> = {
  shop: {
    ...{ requests: 34, middleMs: 18, errors: 0.006 },
    instances: {
      'web.1': web(148),
      'web.2': web(141, 6),
      'worker.1': { memory: 210, limit: 512, cpu: 0.22, days: 30, leaks: true },
    },
  },
  tides: {
    ...{ requests: 12, middleMs: 9, errors: 0.001 },
    instances: { 'web.1': web(92), 'web.2': web(88, 11), 'worker.1': { ...web(61), cpu: 0.02 } },
  },
  orders: { requests: 3.5, middleMs: 31, errors: 0.002, instances: { 'web.1': web(120) } },
  mailer: { requests: 0, middleMs: 5, errors: 0, instances: { 'web.1': { ...web(70), cpu: 0.004 } } },
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const megabyte = 1024 * 1024
/** When the platform itself was off: hours ago, and for how many minutes. */
const outages = [
  { hoursAgo: 0.55, minutes: 4 },
  { hoursAgo: 77, minutes: 95 },
  { hoursAgo: 380, minutes: 600 },
]

function filesOf(app: string): MetricsFiles {
  const habit = habits[app]
  const never = () => {
    throw new Error('figures of the demonstration are only read')
  }
  return {
    usage: ({ name }, resolution, range) => {
      const instance = habit?.instances[name]
      if (name === machineSeries.name) return slots(resolution, range, (at, ms) => usageOf(at, ms, web(900)))
      if (!habit || !instance) return []
      return slots(resolution, range, (at, ms) =>
        Date.now() - at > instance.days * day ? null : usageOf(at, ms, instance, loadAt(at)),
      )
    },
    traffic: (_, resolution, range) =>
      habit && habit.requests > 0 ? slots(resolution, range, (at, ms) => trafficOf(at, ms, habit)) : [],
    instances: async () => Object.keys(habit?.instances ?? {}),
    ...{ putUsage: never, putTraffic: never, flush: never, removeApp: never, prune: never },
  }
}

function slots<Value>(
  { stepMs }: Resolution,
  { from, to }: Range,
  make: (at: number, ms: number) => Value | null,
): Slot<Value>[] {
  const made: Slot<Value>[] = []
  const now = Date.now()
  for (let at = startOf(from, stepMs); at < Math.min(to, now - 10_000); at += stepMs) {
    const value = wasOff(at, now) ? null : make(at, stepMs)
    if (value !== null) made.push({ at, value })
  }
  return made
}

function wasOff(at: number, now: number): boolean {
  return outages.some(({ hoursAgo, minutes }) => {
    const since = startOf(now - hoursAgo * hour, minutes * minute)
    return at >= since && at < since + minutes * minute
  })
}

/** 0 to 1: nights are quiet, Sundays too. */
function loadAt(at: number): number {
  const time = (at % day) / day
  const sun = 0.5 - 0.5 * Math.cos((time - 0.12) * 2 * Math.PI)
  const week = Math.floor(at / day + 4) % 7 === 0 ? 0.55 : 1
  const rush = 0.25 * Math.max(0, Math.sin(at / (37 * minute)))
  return (0.12 + 0.75 * sun * week + rush * sun) * (0.9 + 0.2 * noise(at, 1))
}

function usageOf(
  at: number,
  ms: number,
  { memory, limit, cpu, leaks }: Omit<Habit['instances'][string], 'days'>,
  load = 0.5,
): Usage {
  const cycle = 9 * hour
  const leaked = leaks ? (at % cycle) / cycle : 0
  const bytes = (memory + memory * 0.06 * noise(at, 2) + leaked * (limit - memory)) * megabyte
  const fraction = cpu * (0.25 + load) * (0.8 + 0.4 * noise(at, 3))
  const restarted = leaks && at % cycle < ms
  return {
    ...noUsage,
    coveredMs: ms,
    cpuMs: fraction * ms,
    cpuPeak: fraction * (1.4 + noise(at, 4)),
    memoryByteMs: bytes * ms,
    memoryPeakBytes: bytes * 1.04,
    memoryLimitBytes: limit * megabyte,
    receivedBytes: (load * 9_000 * ms) / 1000,
    sentBytes: (load * 64_000 * (0.8 + 0.4 * noise(at, 5)) * ms) / 1000,
    readBytes: (noise(at, 6) * 900 * ms) / 1000,
    writtenBytes: (noise(at, 7) * 4_000 * ms) / 1000,
    pidsPeak: 11,
    restarts: restarted ? 1 : 0,
  }
}

function trafficOf(at: number, ms: number, { requests, middleMs, errors }: Habit): Traffic {
  const all = (requests * loadAt(at) * ms) / 1000
  // Twice a day something upstream stumbles for a quarter of an hour.
  const bad = at % (11 * hour) < 15 * minute ? 30 : 1
  const [failed, missed, moved] = [all * errors * bad, all * 0.021, all * 0.06]
  const latency = new Array<number>(bucketCount).fill(0)
  const slow = 1 + 0.5 * loadAt(at) + (bad > 1 ? 2.2 : 0)
  // As much as matters of how long answers take: most near the middle, a few ten times as long.
  const shares = [0.25, 0.3, 0.2, 0.12, 0.07, 0.035, 0.015, 0.007, 0.003]
  for (const [index, share] of shares.entries()) {
    const took = middleMs * slow * 1.62 ** (index - 1.5) * (0.95 + 0.1 * noise(at, 8 + index))
    const bucket = bucketOf(took)
    latency[bucket] = (latency[bucket] ?? 0) + Math.round(all * share)
  }
  return {
    ...noTraffic,
    statuses: [0, all - failed - missed - moved, moved, missed, failed].map(
      Math.round,
    ) as unknown as Traffic['statuses'],
    requestBytes: all * 700,
    responseBytes: all * 14_000,
    latency,
  }
}

/** 0 to 1, the same for the same moment: value noise over half minutes. */
function noise(at: number, seed: number): number {
  const place = at / 30_000
  const [low, part] = [Math.floor(place), place % 1]
  const [one, other] = [scatter(low + seed * 7919), scatter(low + 1 + seed * 7919)]
  return one + (other - one) * part
}

function scatter(number: number): number {
  const value = Math.sin(number * 12.9898) * 43758.5453
  return value - Math.floor(value)
}

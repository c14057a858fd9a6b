import { z } from 'zod'
import { quantileMs } from './latency-histogram.ts'
import type { Slot } from './ring-file.ts'
import { mergeTraffic, noTraffic, requestsOf, type Traffic } from './traffic.ts'
import { addUsage, mergeUsage, noUsage, type Usage } from './usage.ts'

/**
 * Figures of an app or an instance for a plot: one value a step, beginning at `from`. Null: nothing is known of that time.
 * Rates are per second. An app's peaks are the sum of its instances' peaks, which need not have come at one time.
 */
export type Plot = {
  from: number
  stepMs: number
  usage: { [Field in keyof UsageFigures]: UsageFigures[Field][] }
  /** Null: of one instance, to which the front door's figures do not belong. */
  traffic: { [Field in keyof TrafficFigures]: TrafficFigures[Field][] } | null
  /** Of the whole time. */
  total: { usage: UsageFigures; traffic: TrafficFigures | null; requests: number | null }
}

const figure = z.number().nullable()
const usageFigures = z.object({
  /** Of one core. */
  cpu: figure,
  cpuPeak: figure,
  memoryBytes: figure,
  memoryPeakBytes: figure,
  /** Null, too: without a limit. */
  memoryLimitBytes: figure,
  receivedBytes: figure,
  sentBytes: figure,
  readBytes: figure,
  writtenBytes: figure,
  pids: figure,
  /** How many, not per second. */
  restarts: figure,
})
const trafficFigures = z.object({
  requests: figure,
  informational: figure,
  successful: figure,
  redirected: figure,
  clientErrors: figure,
  serverErrors: figure,
  requestBytes: figure,
  responseBytes: figure,
  p50Ms: figure,
  p95Ms: figure,
  p99Ms: figure,
})

export type UsageFigures = z.output<typeof usageFigures>
export type TrafficFigures = z.output<typeof trafficFigures>

const columnsOf = <Shape extends z.ZodRawShape>(shape: z.ZodObject<Shape>) =>
  z.object(Object.fromEntries(Object.keys(shape.shape).map((name) => [name, z.array(figure)])))

export const plotShape = z.object({
  from: z.number(),
  stepMs: z.number(),
  usage: columnsOf(usageFigures),
  traffic: columnsOf(trafficFigures).nullable(),
  total: z.object({ usage: usageFigures, traffic: trafficFigures.nullable(), requests: figure }),
}) as unknown as z.ZodType<Plot>

export type PlotRange = { from: number; to: number; stepMs: number }

/** `alive`: when figures were taken at all. `instances`: a list of slots each. */
export function plotApp(
  given: {
    alive: readonly Slot<Usage>[]
    instances: readonly (readonly Slot<Usage>[])[]
    traffic: readonly Slot<Traffic>[]
  },
  range: PlotRange,
): Plot {
  const alive = byStep(given.alive, range, mergeUsage)
  const instances = given.instances.map((slots) => byStep(slots, range, mergeUsage))
  const traffic = byStep(given.traffic, range, mergeTraffic)
  const steps = stepsOf(range)
  const usageAt = steps.map((_, step) => {
    const aliveMs = alive[step]?.coveredMs ?? 0
    return aliveMs === 0 ? unknownUsage : usageOf(sumOf(instances.map((each) => each[step])), aliveMs)
  })
  const trafficAt = steps.map((_, step) => {
    const aliveMs = alive[step]?.coveredMs ?? 0
    return aliveMs === 0 ? unknownTraffic : trafficOf(traffic[step] ?? noTraffic, aliveMs)
  })
  const aliveMs = sum(alive.map((each) => each?.coveredMs ?? 0))
  const all = traffic.reduce<Traffic>((sofar, each) => (each ? mergeTraffic(sofar, each) : sofar), noTraffic)
  const whole = sumOf(instances.map((each) => wholeOf(each)))
  return {
    ...{ from: range.from, stepMs: range.stepMs },
    usage: columns(usageAt),
    traffic: columns(trafficAt),
    total: {
      usage: aliveMs === 0 ? unknownUsage : withPeaksOf(usageOf(whole, aliveMs), usageAt),
      traffic: aliveMs === 0 ? unknownTraffic : trafficOf(all, aliveMs),
      requests: aliveMs === 0 ? null : requestsOf(all),
    },
  }
}

export function plotInstance(slots: readonly Slot<Usage>[], range: PlotRange): Plot {
  const steps = byStep(slots, range, mergeUsage)
  const figures = (usage: Usage | undefined) =>
    usage === undefined || usage.coveredMs === 0 ? unknownUsage : usageOf(usage, usage.coveredMs)
  return {
    ...{ from: range.from, stepMs: range.stepMs },
    usage: columns(stepsOf(range).map((_, step) => figures(steps[step]))),
    traffic: null,
    total: { usage: figures(wholeOf(steps)), traffic: null, requests: null },
  }
}

function stepsOf({ from, to, stepMs }: PlotRange): number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((to - from) / stepMs)) },
    (_, step) => from + step * stepMs,
  )
}

/** Merged by steps; a step without a slot is missing. */
function byStep<Value>(
  slots: readonly Slot<Value>[],
  { from, to, stepMs }: PlotRange,
  merge: (earlier: Value, later: Value) => Value,
): (Value | undefined)[] {
  const steps: (Value | undefined)[] = []
  for (const { at, value } of slots) {
    if (at < from || at >= to) continue
    const step = Math.floor((at - from) / stepMs)
    const before = steps[step]
    steps[step] = before === undefined ? value : merge(before, value)
  }
  return steps
}

function wholeOf(steps: readonly (Usage | undefined)[]): Usage {
  return steps.reduce<Usage>((sofar, each) => (each ? mergeUsage(sofar, each) : sofar), noUsage)
}

function sumOf(usages: readonly (Usage | undefined)[]): Usage {
  return usages.reduce<Usage>((sofar, each) => (each ? addUsage(sofar, each) : sofar), noUsage)
}

function usageOf(usage: Usage, overMs: number): UsageFigures {
  const perSecond = (bytes: number) => (bytes * 1_000) / overMs
  return {
    cpu: usage.cpuMs / overMs,
    cpuPeak: usage.cpuPeak,
    memoryBytes: usage.memoryByteMs / overMs,
    memoryPeakBytes: usage.memoryPeakBytes,
    memoryLimitBytes: usage.memoryLimitBytes > 0 ? usage.memoryLimitBytes : null,
    receivedBytes: perSecond(usage.receivedBytes),
    sentBytes: perSecond(usage.sentBytes),
    readBytes: perSecond(usage.readBytes),
    writtenBytes: perSecond(usage.writtenBytes),
    pids: usage.pidsPeak,
    restarts: usage.restarts,
  }
}

/** Instances that came after each other did not have their peaks together: the highest of any step is nearer. */
function withPeaksOf(total: UsageFigures, steps: readonly UsageFigures[]): UsageFigures {
  const most = (field: 'cpuPeak' | 'memoryPeakBytes' | 'pids') =>
    Math.max(0, ...steps.map((each) => each[field] ?? 0))
  const limit = steps.findLast(({ memoryLimitBytes }) => memoryLimitBytes !== null)?.memoryLimitBytes ?? null
  const peaks = { cpuPeak: most('cpuPeak'), memoryPeakBytes: most('memoryPeakBytes'), pids: most('pids') }
  return { ...total, ...peaks, memoryLimitBytes: limit }
}

function trafficOf(traffic: Traffic, overMs: number): TrafficFigures {
  const perSecond = (counted: number) => (counted * 1_000) / overMs
  const [informational, successful, redirected, clientErrors, serverErrors] = traffic.statuses
  return {
    requests: perSecond(requestsOf(traffic)),
    informational: perSecond(informational),
    successful: perSecond(successful),
    redirected: perSecond(redirected),
    clientErrors: perSecond(clientErrors),
    serverErrors: perSecond(serverErrors),
    requestBytes: perSecond(traffic.requestBytes),
    responseBytes: perSecond(traffic.responseBytes),
    p50Ms: quantileMs(traffic.latency, 0.5),
    p95Ms: quantileMs(traffic.latency, 0.95),
    p99Ms: quantileMs(traffic.latency, 0.99),
  }
}

const unknownUsage = Object.fromEntries(
  Object.keys(usageFigures.shape).map((field) => [field, null]),
) as UsageFigures
const unknownTraffic = Object.fromEntries(
  Object.keys(trafficFigures.shape).map((field) => [field, null]),
) as TrafficFigures

function columns<Row extends object>(rows: readonly Row[]): { [Field in keyof Row]: Row[Field][] } {
  const fields = Object.keys(rows[0] ?? {}) as (keyof Row)[]
  return Object.fromEntries(fields.map((field) => [field, rows.map((row) => row[field])])) as {
    [Field in keyof Row]: Row[Field][]
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0)
}

import type { PlotTone } from './plot-tone.ts'
import type { PlotUnit } from './plot-unit.ts'
import { sayMoment } from './say-moment.ts'
import { type ValueScale, valueScale } from './value-scale.ts'

export type PlotSeries = {
  /** Short: it stands beside its value. */
  label: string
  /** One a step, from old to new; null: not known. */
  values: readonly (number | null)[]
  tone: PlotTone
  /** Told apart by more than colour. */
  dash?: boolean
  /** A bound, not a value: dashed, and what lies beyond it is tinted. */
  limit?: boolean
}

/** A moment worth a hairline. */
export type PlotMark = { at: number; label: string; href?: string }

/** Milliseconds since 1970. Values begin at `from`, a step apart. */
export type PlotTimes = { from: number; stepMs: number; count: number }

export function endOf({ from, stepMs, count }: PlotTimes): number {
  return from + stepMs * count
}

/** The step nearest to a moment; null: it lies outside. */
export function stepAt(times: PlotTimes, at: number): number | null {
  const step = Math.round((at - times.from) / times.stepMs)
  return step < 0 || step > times.count || times.count === 0 ? null : Math.min(step, times.count - 1)
}

export function momentOf({ from, stepMs }: PlotTimes, step: number): number {
  return from + step * stepMs
}

/** Where a moment lies between the edges: 0 to 1. */
export function placeOf(times: PlotTimes, at: number): number {
  return (at - times.from) / (endOf(times) - times.from)
}

export function scaleOf(series: readonly PlotSeries[], { steps, least }: PlotUnit): ValueScale {
  const highest = series.reduce(
    (most, { values }) => values.reduce<number>((high, value) => Math.max(high, value ?? 0), most),
    0,
  )
  return valueScale(highest, { steps, least })
}

/** The newest that is known. */
export function lastKnown(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null
}

export function isUnknown(series: readonly PlotSeries[]): boolean {
  return series.every(({ values }) => values.every((value) => value === null))
}

/** All that is known of one step, as a sentence for a screen reader. */
export function sayReading(
  given: { times: PlotTimes; series: readonly PlotSeries[]; marks: readonly PlotMark[]; unit: PlotUnit },
  step: number,
): string {
  const { times, series, marks, unit } = given
  const at = momentOf(times, step)
  const values = series.map(({ label, values }) => `${label} ${sayValue(unit, values[step] ?? null)}`)
  const marked = marks
    .filter((mark) => mark.at >= at && mark.at < at + times.stepMs)
    .map(({ label }) => label)
  return [sayStep(times, step), ...values, ...marked].join(', ')
}

export function sayStep(times: PlotTimes, step: number): string {
  return sayMoment(momentOf(times, step), { stepMs: times.stepMs, spanMs: times.stepMs * times.count })
}

export function sayValue(unit: PlotUnit, value: number | null): string {
  return value === null ? '–' : unit.say(value)
}

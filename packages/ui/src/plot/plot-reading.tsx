'use client'

import { momentOf, type PlotSeries, type PlotTimes, placeOf, sayStep, stepAt } from './plot-model.ts'
import { plotColors } from './plot-tone.ts'
import { type Reading, useReadingAt } from './reading.tsx'
import type { ValueScale } from './value-scale.ts'

type PlotReadingProps = {
  times: PlotTimes
  series: readonly PlotSeries[]
  scale: ValueScale
  reading: Reading
}

/** The moment that is read: a hairline, a dot on each line, and the time below. */
export function PlotReading({ times, series, scale, reading }: PlotReadingProps) {
  const at = useReadingAt(reading)
  const step = at === null ? null : stepAt(times, at)
  if (step === null) return null
  const place = placeOf(times, momentOf(times, step))
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0">
      <div className="absolute inset-y-0 border-l border-muted/60" style={{ left: `${place * 100}%` }}>
        {series.map(({ label, values, tone }) => {
          const value = values[step] ?? null
          return (
            value !== null && (
              <span
                key={label}
                className="absolute -left-px size-1.75 -translate-x-1/2 translate-y-1/2 rounded-full ring-2 ring-surface"
                style={{ bottom: `${(value / scale.max) * 100}%`, background: plotColors[tone] }}
              />
            )
          )
        })}
      </div>
      <span
        data-reading=""
        className="absolute top-full z-10 mt-0.5 rounded-sm bg-text px-1.5 text-xs whitespace-nowrap text-canvas tabular-nums"
        style={{ left: `${place * 100}%`, transform: `translateX(${-place * 100}%)` }}
      >
        {sayStep(times, step)}
      </span>
    </div>
  )
}

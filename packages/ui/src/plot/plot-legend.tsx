'use client'

import { lastKnown, type PlotSeries, type PlotTimes, sayValue, stepAt } from './plot-model.ts'
import { plotColors } from './plot-tone.ts'
import type { PlotUnit } from './plot-unit.ts'
import { useReadingAt, useSharedReading } from './reading.tsx'

type PlotLegendProps = { times: PlotTimes; series: readonly PlotSeries[]; unit: PlotUnit }

/** What each line is, and its value at the moment that is read, else the newest. */
export function PlotLegend({ times, series, unit }: PlotLegendProps) {
  const at = useReadingAt(useSharedReading())
  const step = at === null ? null : stepAt(times, at)
  return (
    <ul className="flex min-h-5 flex-wrap gap-x-4 text-sm">
      {series.map((each) => (
        <li key={each.label} className="flex items-center gap-1.5 whitespace-nowrap">
          <Swatch series={each} />
          <span className="text-muted">{each.label}</span>
          <span className="min-w-12 tabular-nums">
            {sayValue(unit, step === null ? lastKnown(each.values) : (each.values[step] ?? null))}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Swatch({ series: { tone, dash, limit } }: { series: PlotSeries }) {
  return (
    <svg viewBox="0 0 14 4" aria-hidden="true" className="h-1 w-3.5 shrink-0">
      <path
        d="M0 2h14"
        stroke={plotColors[tone]}
        strokeWidth="1.75"
        strokeDasharray={dash || limit ? '4 2.5' : undefined}
      />
    </svg>
  )
}

'use client'

import { type ReactNode, useId, useMemo, useState } from 'react'
import { Button } from '../button.tsx'
import { PlotIcon, TableIcon } from '../icons.tsx'
import { PlotArea } from './plot-area.tsx'
import { PlotLegend } from './plot-legend.tsx'
import { isUnknown, type PlotMark, type PlotSeries, type PlotTimes, scaleOf } from './plot-model.ts'
import { PlotTable } from './plot-table.tsx'
import type { PlotUnit } from './plot-unit.ts'
import { timeTicks } from './time-ticks.ts'

export type PlotProps = {
  label: string
  times: PlotTimes
  series: readonly PlotSeries[]
  unit: PlotUnit
  marks?: readonly PlotMark[]
  /** Of several plots with the same marks one is enough to walk to by keyboard. */
  marksInTabOrder?: boolean
  /** A part of the time was chosen, by dragging, or with Shift and the arrow keys and then Enter. */
  onZoom?: (from: number, to: number) => void
  /** Shown in place of lines while nothing at all is known. */
  empty?: ReactNode
  /** Beside the label: what it is of. */
  note?: ReactNode
}

/**
 * Values over time. Thin lines, gaps where nothing is known, a hairline for what happened. Pointing at it, or the arrow keys,
 * read all lines at one moment, together with every plot of its `PlotGroup`. The server renders it as a plain drawing; in the
 * browser uPlot, loaded when the first plot is there, draws at the same place. Its height never changes.
 */
export function Plot({ label, times, series, unit, marks = [], onZoom, empty, note, ...rest }: PlotProps) {
  const { marksInTabOrder = true } = rest
  const id = useId()
  const [asTable, setAsTable] = useState(false)
  const scale = useMemo(() => scaleOf(series, unit), [series, unit])
  const drawing = { times, series, unit, marks, scale }
  return (
    <figure aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <figcaption className="flex flex-col">
        <div className="flex h-7 items-center gap-x-3">
          <span id={id} className="font-medium">
            {label}
          </span>
          {note && <span className="truncate text-sm text-muted">{note}</span>}
          <Button
            look="quiet"
            size="small"
            className="ml-auto px-1.5"
            aria-pressed={asTable}
            aria-label={`Show ${label} as table`}
            title={asTable ? 'Show as plot' : 'Show as table'}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? <PlotIcon className="size-3.5" /> : <TableIcon className="size-3.5" />}
          </Button>
        </div>
        <PlotLegend {...drawing} />
      </figcaption>
      {asTable ? (
        <PlotTable label={label} {...drawing} />
      ) : (
        <div className="@container grid grid-cols-[3.5rem_minmax(0,1fr)] grid-rows-[10rem_1.25rem]">
          <ValueAxis unit={unit} max={scale.max} ticks={scale.ticks} />
          {isUnknown(series) ? (
            <div className="flex items-center justify-center rounded-sm border border-dashed border-line px-6 text-center text-sm text-muted">
              {empty ?? 'Nothing is known of this time.'}
            </div>
          ) : (
            <PlotArea label={label} onZoom={onZoom} marksInTabOrder={marksInTabOrder} {...drawing} />
          )}
          <TimeAxis times={times} />
        </div>
      )}
    </figure>
  )
}

function ValueAxis({ unit, max, ticks }: { unit: PlotUnit; max: number; ticks: readonly number[] }) {
  return (
    <div aria-hidden="true" className="relative text-xs text-faint tabular-nums">
      {ticks.map((tick) => (
        <span
          key={tick}
          className="absolute right-2 translate-y-1/2 whitespace-nowrap"
          style={{ bottom: `${(tick / max) * 100}%` }}
        >
          {tick === 0 ? '0' : unit.say(tick)}
        </span>
      ))}
    </div>
  )
}

/** Of a narrow plot every second label is left out. */
function TimeAxis({ times }: { times: PlotTimes }) {
  const to = times.from + times.stepMs * times.count
  const percent = (at: number) => ((at - times.from) / (to - times.from)) * 100
  const ticks = timeTicks(times.from, to).filter(({ at }) => percent(at) > 2 && percent(at) < 97)
  return (
    <div aria-hidden="true" className="relative col-start-2 text-xs text-faint tabular-nums">
      {ticks.map(({ at, label }, index) => (
        <span
          key={at}
          className={`absolute top-1 -translate-x-1/2 whitespace-nowrap ${index % 2 ? '@max-md:hidden' : ''}`}
          style={{ left: `${percent(at)}%` }}
        >
          {label}
        </span>
      ))}
    </div>
  )
}

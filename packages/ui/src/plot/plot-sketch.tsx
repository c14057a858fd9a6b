import { linePath, pathHeight, pathWidth } from './line-path.ts'
import type { PlotSeries, PlotTimes } from './plot-model.ts'
import { plotColors } from './plot-tone.ts'
import type { ValueScale } from './value-scale.ts'

type PlotSketchProps = { times: PlotTimes; series: readonly PlotSeries[]; scale: ValueScale }

/** The lines as plain SVG: what the server renders, and what is there until uPlot has come. */
export function PlotSketch({ times, series, scale }: PlotSketchProps) {
  return (
    <svg
      viewBox={`0 0 ${pathWidth} ${pathHeight}`}
      preserveAspectRatio="none"
      fill="none"
      aria-hidden="true"
      className="absolute inset-0 size-full"
    >
      {series.map(({ label, values, tone, dash, limit }) => (
        <path
          key={label}
          d={linePath(values, { max: scale.max, places: times.count })}
          stroke={plotColors[tone]}
          strokeWidth="1.25"
          strokeLinecap="round"
          strokeDasharray={dash || limit ? '4 3' : undefined}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  )
}

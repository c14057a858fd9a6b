import { classNames } from './class-names.ts'
import { linePath, pathHeight, pathWidth } from './plot/line-path.ts'
import { type PlotTone, plotColors } from './plot/plot-tone.ts'

type SparklineProps = {
  /** In words, what a person who does not see it should know: `12 requests a second, at most 40`. Null: decoration. */
  label: string | null
  /** From old to new, evenly apart; null: not known, drawn as a gap. */
  values: readonly (number | null)[]
  /** The value at the top edge; the highest of all, unless said. */
  max?: number
  tone?: PlotTone
  /** Moments worth a hairline, as parts of the width: 0 to 1. */
  marks?: readonly number[]
  /** Its size: it fills the box that this gives it. */
  className?: string
}

/** A line as small as a word. Plain SVG: the server renders it whole, and it needs no script. */
export function Sparkline({ label, values, max, tone = 'accent', marks = [], className }: SparklineProps) {
  const top = max ?? Math.max(0, ...values.map((value) => value ?? 0))
  return (
    <svg
      viewBox={`0 0 ${pathWidth} ${pathHeight}`}
      preserveAspectRatio="none"
      fill="none"
      role="img"
      aria-label={label ?? undefined}
      aria-hidden={label === null}
      className={classNames('block overflow-visible', className ?? 'h-6 w-24')}
    >
      {marks.map((mark) => (
        <path
          key={mark}
          d={`M${mark * pathWidth} 0V${pathHeight}`}
          stroke="var(--line-strong)"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      <path
        d={linePath(values, { max: top || 1, places: values.length - 1 })}
        stroke={plotColors[tone]}
        strokeWidth="1.25"
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

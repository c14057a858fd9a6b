'use client'

import { type PlotMark, type PlotTimes, placeOf } from './plot-model.ts'

/**
 * What happened, as vertical hairlines. Their labels show where one points or the focus is. A link only takes the top of the
 * box: below it, the plot is read.
 */
type PlotMarksProps = { times: PlotTimes; marks: readonly PlotMark[]; inTabOrder: boolean }

export function PlotMarks({ times, marks, inTabOrder }: PlotMarksProps) {
  return (
    <ul className="pointer-events-none absolute inset-0">
      {marks.map((mark) => {
        const place = placeOf(times, mark.at)
        return (
          <li
            key={`${mark.at} ${mark.label}`}
            className="group absolute inset-y-0 w-0"
            style={{ left: `${place * 100}%` }}
          >
            <span className="absolute inset-y-0 border-l border-dotted border-faint group-focus-within:border-solid group-focus-within:border-accent group-hover:border-solid group-hover:border-accent" />
            <Flag mark={mark} alignRight={place > 0.6} inTabOrder={inTabOrder} />
          </li>
        )
      })}
    </ul>
  )
}

function Flag(props: { mark: PlotMark; alignRight: boolean; inTabOrder: boolean }) {
  const { mark, alignRight, inTabOrder } = props
  const look =
    'pointer-events-auto absolute -top-1 -left-3 flex size-6 justify-center pt-0.5 focus-visible:outline-offset-0'
  const shape = (
    <>
      <span className="size-0 border-x-[4px] border-t-[5px] border-x-transparent border-t-faint group-focus-within:border-t-accent group-hover:border-t-accent" />
      <span
        className={`absolute top-5 hidden rounded-sm border border-line-strong bg-surface px-2 py-0.5 text-xs whitespace-nowrap text-text group-focus-within:block group-hover:block ${alignRight ? 'right-2' : 'left-4'}`}
      >
        {mark.label}
      </span>
    </>
  )
  return mark.href ? (
    <a href={mark.href} aria-label={mark.label} tabIndex={inTabOrder ? undefined : -1} className={look}>
      {shape}
    </a>
  ) : (
    <span className={look}>
      <span className="sr-only">{mark.label}</span>
      {shape}
    </span>
  )
}

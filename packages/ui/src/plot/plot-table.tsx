'use client'

import { momentOf, type PlotMark, type PlotSeries, type PlotTimes, sayStep, sayValue } from './plot-model.ts'
import type { PlotUnit } from './plot-unit.ts'

type PlotTableProps = {
  label: string
  times: PlotTimes
  series: readonly PlotSeries[]
  unit: PlotUnit
  marks: readonly PlotMark[]
}

/** The same figures as text, newest first, as high as the plot. */
export function PlotTable({ label, times, series, unit, marks }: PlotTableProps) {
  const steps = Array.from({ length: times.count }, (_, index) => times.count - 1 - index)
  return (
    <section
      aria-label={`${label} as table`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className="h-[11.25rem] overflow-auto rounded-sm border border-line"
    >
      <table className="w-full text-left text-sm tabular-nums">
        <caption className="sr-only">{label}</caption>
        <thead className="sticky top-0 bg-surface text-xs text-muted">
          <tr>
            {['Time (UTC)', ...series.map((each) => each.label)].map((head) => (
              <th key={head} scope="col" className="px-3 py-1.5 font-medium whitespace-nowrap">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step} className="border-t border-line">
              <th scope="row" className="px-3 py-1 font-normal whitespace-nowrap text-muted">
                {[sayStep(times, step), ...marksIn(marks, times, step)].join(' · ')}
              </th>
              {series.map((each) => (
                <td key={each.label} className="px-3 py-1 whitespace-nowrap">
                  {sayValue(unit, each.values[step] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function marksIn(marks: readonly PlotMark[], times: PlotTimes, step: number): string[] {
  const at = momentOf(times, step)
  return marks.filter((mark) => mark.at >= at && mark.at < at + times.stepMs).map(({ label }) => label)
}

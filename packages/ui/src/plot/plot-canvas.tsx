'use client'

import { useEffect, useRef } from 'react'
import type uPlot from 'uplot'
import { endOf, momentOf, type PlotSeries, type PlotTimes } from './plot-model.ts'
import { type PlotTone, plotColors } from './plot-tone.ts'
import { onThemeChange } from './theme-change.ts'
import type { ValueScale } from './value-scale.ts'

type PlotCanvasProps = {
  times: PlotTimes
  series: readonly PlotSeries[]
  scale: ValueScale
  /** True once the lines are on the canvas. */
  onDrawn: (drawn: boolean) => void
}

/** The lines, drawn by uPlot, which is loaded here and not before. It draws nothing else: text and marks are HTML above it. */
export function PlotCanvas({ onDrawn, ...drawing }: PlotCanvasProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(drawing)
  latest.current = drawing
  const lines = drawing.series
    .map(({ label, tone, dash, limit }) => [label, tone, dash, limit].join())
    .join(';')

  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines are another plot; other values are not.
  useEffect(() => {
    const element = box.current
    if (!element) return
    let stopped = false
    let end = () => {}
    import('uplot').then(({ default: UPlot }) => {
      if (stopped) return
      plot.current = new UPlot(optionsOf(element, latest), columnsOf(latest.current), element)
      end = keepRight(element, plot.current)
      onDrawn(true)
    })
    return () => {
      stopped = true
      end()
      plot.current?.destroy()
      plot.current = null
      onDrawn(false)
    }
  }, [lines, onDrawn])

  const { times, series, scale } = drawing
  // biome-ignore lint/correctness/useExhaustiveDependencies: the options read the scale and the times from `latest`.
  useEffect(() => {
    plot.current?.setData(columnsOf({ times, series }))
  }, [times, series, scale])

  return (
    <div
      ref={box}
      aria-hidden="true"
      className="absolute inset-0 overflow-hidden [&_.u-over]:hidden [&_.u-under]:hidden [&_canvas]:block [&_canvas]:size-full"
    />
  )
}

/** As large as its box, and in the colours of the look that is chosen. */
function keepRight(element: HTMLElement, plot: uPlot): () => void {
  const observer = new ResizeObserver(() => plot.setSize(sizeOf(element)))
  observer.observe(element)
  const stopWatching = onThemeChange(() => plot.redraw(false))
  return () => {
    observer.disconnect()
    stopWatching()
  }
}

function sizeOf(element: HTMLElement) {
  return { width: element.clientWidth, height: element.clientHeight }
}

function columnsOf({ times, series }: Pick<PlotCanvasProps, 'times' | 'series'>): uPlot.AlignedData {
  const moments = Array.from({ length: times.count }, (_, step) => momentOf(times, step))
  return [moments, ...series.map(({ values }) => [...values])]
}

function optionsOf(
  element: HTMLElement,
  latest: { current: Pick<PlotCanvasProps, 'times' | 'series' | 'scale'> },
): uPlot.Options {
  return {
    ...sizeOf(element),
    ms: 1,
    padding: [0, 0, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: () => [latest.current.times.from, endOf(latest.current.times)] },
      y: { range: () => [0, latest.current.scale.max] },
    },
    series: [{}, ...latest.current.series.map((series) => lineOf(element, series))],
  }
}

function lineOf(element: HTMLElement, { label, tone, dash, limit }: PlotSeries): uPlot.Series {
  const color = () => colorOf(element, tone)
  return {
    label,
    stroke: color,
    width: 1.25,
    dash: dash || limit ? [4, 3] : undefined,
    // A value alone between two gaps would be no line, and is a dot.
    points: { show: true, size: 3, width: 0, fill: color, filter: (plot, index) => lonely(plot.data[index]) },
    ...(limit ? { fill: () => colorOf(element, tone, 10), fillTo: (plot) => plot.scales.y?.max ?? 0 } : {}),
  }
}

function lonely(values: uPlot.AlignedData[number] | undefined): number[] {
  return Array.from(values ?? []).flatMap((value, index) => {
    const isAlone = value != null && values?.[index - 1] == null && values?.[index + 1] == null
    return isAlone ? [index] : []
  })
}

/** A canvas takes no custom property: an element is asked for what it makes of it. */
function colorOf(element: HTMLElement, tone: PlotTone, percent = 100): string {
  element.style.color = `color-mix(in srgb, ${plotColors[tone]} ${percent}%, transparent)`
  const { color } = getComputedStyle(element)
  element.style.color = ''
  return color
}

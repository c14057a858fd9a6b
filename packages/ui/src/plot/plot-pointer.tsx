'use client'

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import {
  endOf,
  momentOf,
  type PlotMark,
  type PlotSeries,
  type PlotTimes,
  sayReading,
  stepAt,
} from './plot-model.ts'
import type { PlotUnit } from './plot-unit.ts'
import { type Reading, useReadingAt } from './reading.tsx'
import { stepByKey } from './step-by-key.ts'

/** A part of the time that is being chosen; `to` may lie before `from`. */
export type Chosen = { from: number; to: number }

type PlotPointerProps = {
  label: string
  times: PlotTimes
  series: readonly PlotSeries[]
  unit: PlotUnit
  marks: readonly PlotMark[]
  reading: Reading
  chosen: Chosen | null
  onChoose: (chosen: Chosen | null) => void
  onZoom?: (from: number, to: number) => void
}

/** Less is a click that shook. Pixels. */
const leastDrag = 6

/**
 * Where the plot is pointed at. For a keyboard and a screen reader it is a slider over its steps, whose value is said as it
 * moves: arrows a step, Page Up and Down a tenth, Home and End to the edges; with Shift they choose, Enter zooms, Escape ends.
 */
export function PlotPointer(props: PlotPointerProps) {
  const { label, times, reading, chosen, onChoose, onZoom } = props
  const at = useReadingAt(reading)
  const step = at === null ? null : stepAt(times, at)
  const said = step ?? Math.max(0, times.count - 1)
  const drag = useRef<{ at: number; x: number } | null>(null)
  const [focused, setFocused] = useState(false)

  const zoom = () => {
    if (chosen && onZoom && chosen.from !== chosen.to)
      onZoom(Math.min(chosen.from, chosen.to), Math.max(chosen.from, chosen.to))
    onChoose(null)
  }
  const onPointerMove = (event: PointerEvent) => {
    const here = momentUnder(event, times)
    reading.set(here)
    if (drag.current && Math.abs(event.clientX - drag.current.x) >= leastDrag)
      onChoose({ from: drag.current.at, to: here })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && chosen) return zoom()
    if (event.key === 'Escape') {
      onChoose(null)
      return reading.set(null)
    }
    const next = stepByKey(event.key, step, times.count)
    if (next === null || event.metaKey || event.ctrlKey || event.altKey) return
    event.preventDefault()
    const to = momentOf(times, next)
    reading.set(to)
    onChoose(event.shiftKey && onZoom ? { from: chosen?.from ?? at ?? to, to } : null)
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`${label}, read at`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, times.count - 1)}
      aria-valuenow={said}
      // Only the plot that has the focus speaks: the others of its group move silently.
      aria-valuetext={focused ? sayReading(props, said) : sayReading(props, Math.max(0, times.count - 1))}
      className="absolute inset-0 cursor-crosshair touch-pan-y rounded-sm"
      onPointerDown={(event) => {
        if (event.button !== 0 || !onZoom || event.pointerType === 'touch') return
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { at: momentUnder(event, times), x: event.clientX }
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        if (drag.current) zoom()
        drag.current = null
      }}
      onPointerCancel={() => {
        drag.current = null
        onChoose(null)
      }}
      onPointerLeave={() => !drag.current && !focused && reading.set(null)}
      onKeyDown={onKeyDown}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false)
        onChoose(null)
        reading.set(null)
      }}
    />
  )
}

function momentUnder(event: PointerEvent, times: PlotTimes): number {
  const { left, width } = event.currentTarget.getBoundingClientRect()
  const place = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)))
  return Math.round(times.from + place * (endOf(times) - times.from))
}

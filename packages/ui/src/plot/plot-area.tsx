'use client'

import { useState } from 'react'
import { PlotCanvas } from './plot-canvas.tsx'
import { PlotMarks } from './plot-marks.tsx'
import { endOf, type PlotMark, type PlotSeries, type PlotTimes, placeOf } from './plot-model.ts'
import { type Chosen, PlotPointer } from './plot-pointer.tsx'
import { PlotReading } from './plot-reading.tsx'
import { PlotSketch } from './plot-sketch.tsx'
import type { PlotUnit } from './plot-unit.ts'
import { useSharedReading } from './reading.tsx'
import type { ValueScale } from './value-scale.ts'

type PlotAreaProps = {
  label: string
  times: PlotTimes
  series: readonly PlotSeries[]
  unit: PlotUnit
  marks: readonly PlotMark[]
  scale: ValueScale
  marksInTabOrder: boolean
  onZoom?: (from: number, to: number) => void
}

/** The box between the axes, in layers: lines of the grid, the values, what is read and chosen, what happened. */
export function PlotArea({ label, onZoom, marksInTabOrder, ...drawing }: PlotAreaProps) {
  const { times, scale, marks } = drawing
  const reading = useSharedReading()
  const [drawn, setDrawn] = useState(false)
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const shown = marks.filter(({ at }) => at >= times.from && at < endOf(times))
  return (
    <div className="relative">
      {scale.ticks.map((tick) => (
        <div
          key={tick}
          className={`absolute inset-x-0 border-t ${tick === 0 ? 'border-line-strong' : 'border-line'}`}
          style={{ bottom: `${(tick / scale.max) * 100}%` }}
        />
      ))}
      {!drawn && <PlotSketch {...drawing} />}
      <PlotCanvas {...drawing} onDrawn={setDrawn} />
      {chosen && <ChosenTime times={times} chosen={chosen} />}
      <PlotReading {...drawing} reading={reading} />
      <PlotPointer
        {...drawing}
        label={label}
        reading={reading}
        chosen={chosen}
        onChoose={setChosen}
        onZoom={onZoom}
      />
      <PlotMarks times={times} marks={shown} inTabOrder={marksInTabOrder} />
    </div>
  )
}

function ChosenTime({ times, chosen }: { times: PlotTimes; chosen: Chosen }) {
  const [from, to] = [Math.min(chosen.from, chosen.to), Math.max(chosen.from, chosen.to)]
  const left = placeOf(times, from) * 100
  return (
    <div
      className="absolute inset-y-0 border-x border-accent bg-accent/10"
      style={{ left: `${left}%`, width: `${placeOf(times, to) * 100 - left}%` }}
    />
  )
}

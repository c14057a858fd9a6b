'use client'

import { type CSSProperties, useId } from 'react'
import { classNames } from './class-names.ts'

type SliderProps = {
  label: string
  value: number
  min: number
  max: number
  step?: number
  onChange: (value: number) => void
  /** How a value is said: `512 MB`. */
  say?: (value: number) => string
  /** The label is read aloud and not shown: something beside it says the same. */
  quiet?: boolean
  disabled?: boolean
  className?: string
}

/** A number on a scale: arrows change it by a step, Page Up and Page Down by more, Home and End lead to the ends. */
export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
  say = String,
  quiet,
  disabled,
  className,
}: SliderProps) {
  const id = useId()
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1.5', className)}>
      {!quiet && (
        <div className="flex items-baseline justify-between gap-4 text-sm">
          <span id={id} className="font-medium">
            {label}
          </span>
          <span className="text-muted tabular-nums">{say(value)}</span>
        </div>
      )}
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(Number(event.target.value))}
        aria-label={quiet ? label : undefined}
        aria-labelledby={quiet ? undefined : id}
        aria-valuetext={say(value)}
        style={{ '--share': `${share(value, min, max)}%` } as CSSProperties}
        className="range h-6 w-full disabled:opacity-50"
      />
    </div>
  )
}

/** How far along the scale, in percent. */
function share(value: number, min: number, max: number): number {
  return max > min ? (100 * (value - min)) / (max - min) : 0
}

'use client'

import { Slider as Radix } from 'radix-ui'
import { useId } from 'react'
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

/** A number on a scale: arrows change it by a step, Page Up and Page Down by ten, Home and End lead to the ends. */
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
      <Radix.Root
        value={[value]}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        onValueChange={([now = value]) => onChange(now)}
        className="relative flex h-6 w-full touch-none items-center select-none data-disabled:opacity-50"
      >
        <Radix.Track className="relative h-1 grow rounded-full bg-line-strong">
          <Radix.Range className="absolute h-full rounded-full bg-accent" />
        </Radix.Track>
        <Radix.Thumb
          aria-label={quiet ? label : undefined}
          aria-labelledby={quiet ? undefined : id}
          aria-valuetext={say(value)}
          className="block size-4 cursor-grab rounded-full border-2 border-accent bg-surface active:cursor-grabbing"
        />
      </Radix.Root>
    </div>
  )
}

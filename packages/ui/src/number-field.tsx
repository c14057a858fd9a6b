'use client'

import { useEffect, useState } from 'react'
import { classNames } from './class-names.ts'
import { inputClass } from './field.tsx'
import { Labelled, type LabelledProps } from './labelled.tsx'
import { parseNumber, stepNumber } from './parse-number.ts'

type NumberFieldProps = LabelledProps & {
  value: number
  onChange: (value: number) => void
  min?: number
  max?: number
  step?: number
  /** After the number: `MB`. */
  unit?: string
  /** The label is read aloud and not shown. */
  quiet?: boolean
  disabled?: boolean
}

/**
 * A number that can be typed, or changed by a step with the buttons and the arrow keys. What is typed counts when it is a
 * number within the bounds; on leaving, what is shown is what counts.
 */
export function NumberField(props: NumberFieldProps) {
  const { label, hint, error, className, value, onChange, min, max, step = 1, unit, quiet, disabled } = props
  const bounds = { min, max, step }
  const [typed, setTyped] = useState(String(value))
  useEffect(
    () => setTyped((before) => (parseNumber(before, { min, max }) === value ? before : String(value))),
    [value, min, max],
  )
  const change = (text: string) => {
    setTyped(text)
    const number = parseNumber(text, bounds)
    if (number !== null && number !== value) onChange(number)
  }
  const stepBy = (steps: number) => change(String(stepNumber(value, steps, bounds)))
  return (
    <Labelled
      label={quiet ? <span className="sr-only">{label}</span> : label}
      {...{ hint, error }}
      className={classNames(quiet && 'gap-0', className)}
    >
      {(wired) => (
        <div className="flex">
          <StepButton
            title="Less"
            mark="−"
            onPress={() => stepBy(-1)}
            disabled={disabled || value <= (min ?? -Infinity)}
            className="rounded-l-md border-r-0"
          />
          <div className="relative min-w-0 flex-1">
            <input
              {...wired}
              role="spinbutton"
              inputMode="decimal"
              autoComplete="off"
              aria-valuenow={value}
              aria-valuemin={min}
              aria-valuemax={max}
              aria-valuetext={unit ? `${value} ${unit}` : undefined}
              disabled={disabled}
              value={typed}
              onChange={(event) => change(event.target.value)}
              onBlur={() => setTyped(String(value))}
              onKeyDown={(event) => {
                const steps = stepsOf[event.key]
                if (steps === undefined) return
                event.preventDefault()
                stepBy(steps)
              }}
              className={classNames(inputClass, 'rounded-none px-2 text-center tabular-nums', unit && 'pr-9')}
            />
            {unit && (
              <span
                aria-hidden="true"
                className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-sm text-muted"
              >
                {unit}
              </span>
            )}
          </div>
          <StepButton
            title="More"
            mark="+"
            onPress={() => stepBy(1)}
            disabled={disabled || value >= (max ?? Infinity)}
            className="rounded-r-md border-l-0"
          />
        </div>
      )}
    </Labelled>
  )
}

const stepsOf: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }

type StepProps = { title: string; mark: string; onPress: () => void; disabled: boolean; className: string }

/** For the pointer; a keyboard has the arrows. */
function StepButton({ title, mark, onPress, disabled, className }: StepProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden="true"
      title={title}
      disabled={disabled}
      onClick={onPress}
      className={classNames(
        'inline-flex h-9 w-9 shrink-0 items-center justify-center border border-line-strong bg-surface text-lg leading-none text-muted select-none hover:bg-hover hover:text-text disabled:pointer-events-none disabled:text-line-strong',
        className,
      )}
    >
      {mark}
    </button>
  )
}

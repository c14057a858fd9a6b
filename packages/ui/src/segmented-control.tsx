'use client'

import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

type SegmentedProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; words: ReactNode }[]
  onChange: (value: Value) => void
  disabled?: boolean
  className?: string
}

/** One of a few that are all in view: a range, a role. Arrows change it. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled,
  className,
}: SegmentedProps<Value>) {
  const name = useId()
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={classNames(
        'inline-flex h-9 max-w-full items-center overflow-x-auto rounded-md border border-line-strong bg-surface p-0.5 [scrollbar-width:none]',
        className,
      )}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className="relative inline-flex h-full grow items-center justify-center rounded-sm px-3 text-sm whitespace-nowrap text-muted transition-colors hover:text-text has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent has-disabled:opacity-50 has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={disabled}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none rounded-sm outline-none disabled:cursor-default"
          />
          {option.words}
        </label>
      ))}
    </div>
  )
}

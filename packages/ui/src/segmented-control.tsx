'use client'

import { RadioGroup as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
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
  return (
    <Radix.Root
      aria-label={label}
      value={value}
      onValueChange={(chosen) => onChange(chosen as Value)}
      disabled={disabled}
      orientation="horizontal"
      className={classNames(
        'inline-flex h-9 max-w-full items-center overflow-x-auto rounded-md border border-line-strong bg-surface p-0.5 [scrollbar-width:none]',
        className,
      )}
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          className="inline-flex h-full grow items-center justify-center rounded-sm px-3 text-sm whitespace-nowrap text-muted transition-colors hover:text-text focus-visible:outline-offset-0 disabled:opacity-50 data-[state=checked]:bg-accent-soft data-[state=checked]:font-medium data-[state=checked]:text-accent"
        >
          {option.words}
        </Radix.Item>
      ))}
    </Radix.Root>
  )
}

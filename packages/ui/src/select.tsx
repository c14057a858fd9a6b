'use client'

import { Select as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { CheckIcon, ChoiceIcon } from './icons.tsx'
import { floatClass } from './menu.tsx'
import { lendStyleNonce, styleNonce } from './style-nonce.ts'

export type Choice<Value extends string> = {
  value: Value
  words: ReactNode
  /** A second line, where the words alone do not tell. */
  hint?: ReactNode
}

type SelectProps<Value extends string> = {
  /** Read aloud; it is not shown. A form takes SelectField, with its label above. */
  label: string
  value: Value
  options: readonly Choice<Value>[]
  onChange: (value: Value) => void
  disabled?: boolean
  className?: string
}

/** One of a few, where a filter or a row has no room for a label. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled,
  className,
}: SelectProps<Value>) {
  return (
    <Radix.Root
      value={outer(value)}
      onValueChange={(chosen) => onChange(chosen.slice(1) as Value)}
      onOpenChange={(isOpen) => isOpen && lendStyleNonce()}
      disabled={disabled}
    >
      <Radix.Trigger
        aria-label={label}
        className={classNames(
          'inline-flex h-9 max-w-full items-center justify-between gap-2 rounded-md border border-line-strong bg-surface pr-2 pl-3 text-text hover:bg-hover disabled:text-muted disabled:opacity-60',
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Radix.Value>{options.find((option) => option.value === value)?.words ?? value}</Radix.Value>
        </span>
        <ChoiceIcon className="size-3.5 shrink-0 text-faint" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={6}
          collisionPadding={12}
          className={classNames(
            floatClass,
            'max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-80 overflow-hidden',
          )}
        >
          <Radix.Viewport className="p-1" nonce={styleNonce()}>
            {options.map((option) => (
              <Option key={option.value} {...option} />
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Option<Value extends string>({ value, words, hint }: Choice<Value>) {
  return (
    <Radix.Item
      value={outer(value)}
      className="flex min-h-8 cursor-pointer items-start gap-2.5 rounded-sm px-2.5 py-1.5 text-base outline-none select-none data-disabled:text-faint data-highlighted:bg-hover"
    >
      <span className="inline-flex h-5.5 w-3.5 shrink-0 items-center">
        <Radix.ItemIndicator>
          <CheckIcon className="size-3.5 text-accent" />
        </Radix.ItemIndicator>
      </span>
      <span className="flex min-w-0 flex-col">
        <Radix.ItemText>{words}</Radix.ItemText>
        {hint && <span className="text-sm text-muted">{hint}</span>}
      </span>
    </Radix.Item>
  )
}

/** Radix keeps the empty string for "nothing chosen"; ours is a choice like any other. */
function outer(value: string): string {
  return `=${value}`
}

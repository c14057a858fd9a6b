'use client'

import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentPropsWithRef, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { CheckIcon } from './icons.tsx'

/** The plane that floats over a page: a menu, a list of choices, a popover. */
export const floatClass = 'z-50 rounded-md border border-line-strong bg-surface shadow-float animate-arrive'

type MenuProps = {
  /** One element that takes a ref, such as a Button: it opens the menu. */
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  className?: string
}

/** What can be done here, folded up: arrows walk it, a letter jumps, Escape closes and gives the focus back. */
export function Menu({ trigger, children, align = 'start', className }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className={classNames(
            floatClass,
            'max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 overflow-y-auto p-1',
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const itemClass =
  'flex min-h-8 w-full cursor-pointer items-center gap-2.5 rounded-sm px-2.5 py-1.5 text-left text-base text-text outline-none select-none data-disabled:pointer-events-none data-disabled:text-faint data-highlighted:bg-hover'

type ItemProps = Omit<ComponentPropsWithRef<typeof Radix.Item>, 'onSelect'> & {
  onSelect?: () => void
  /** It cannot be undone. */
  danger?: boolean
}

/** `asChild` around a link: a menu entry that leads somewhere. */
export function MenuItem({ danger, className, ...rest }: ItemProps) {
  return <Radix.Item className={classNames(itemClass, danger && 'text-bad', className)} {...rest} />
}

/** Words above what belongs together. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <Radix.Label className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted select-none">
      {children}
    </Radix.Label>
  )
}

export function MenuLine() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
}

type ChoiceProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; words: ReactNode }[]
  onChange: (value: Value) => void
}

/** One of a few, in a menu that stays open: the tick moves. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <Radix.RadioGroup aria-label={label} value={value} onValueChange={(chosen) => onChange(chosen as Value)}>
      {options.map((option) => (
        <Radix.RadioItem
          key={option.value}
          value={option.value}
          className={itemClass}
          onSelect={(event) => event.preventDefault()}
        >
          <span className="min-w-0 flex-1">{option.words}</span>
          <Radix.ItemIndicator>
            <CheckIcon className="size-3.5 text-accent" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  )
}

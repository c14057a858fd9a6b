'use client'

import { Slot } from 'radix-ui'
import type { ComponentPropsWithRef } from 'react'
import { classNames } from './class-names.ts'
import { useHydrated } from './use-hydrated.ts'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

const base =
  'inline-flex items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap select-none transition-colors disabled:pointer-events-none aria-busy:pointer-events-none'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'bg-surface border border-line-strong text-text hover:bg-hover',
  quiet: 'text-muted hover:text-text hover:bg-hover',
  danger: 'border border-bad/40 text-bad bg-surface hover:bg-bad-soft',
}

const sizes = { small: 'h-7 px-2.5 text-sm', normal: 'h-9 px-3.5 text-base' }

export type ButtonProps = ComponentPropsWithRef<'button'> & {
  look?: Look
  size?: keyof typeof sizes
  /** Give the looks to the one child: a link that looks like a button. */
  asChild?: boolean
  /** It is working; says so to screen readers and takes no second press. The label must not change its width much. */
  busy?: boolean
}

/**
 * Until the page's scripts are there it takes no press: the press would be lost, and a form would be sent by the browser,
 * with everything that was typed into the address.
 */
export function Button({
  look = 'plain',
  size = 'normal',
  asChild,
  busy,
  disabled,
  className,
  ...rest
}: ButtonProps) {
  const hydrated = useHydrated()
  const Element = asChild ? Slot.Root : 'button'
  return (
    <Element
      {...(asChild ? {} : { type: rest.type ?? 'button', disabled: disabled || !hydrated })}
      aria-busy={busy || undefined}
      className={classNames(
        base,
        looks[look],
        sizes[size],
        busy && 'opacity-70',
        disabled && 'opacity-50',
        className,
      )}
      {...rest}
    />
  )
}

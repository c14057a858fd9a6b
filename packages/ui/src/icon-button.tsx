'use client'

import type { ComponentPropsWithRef, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { useHydrated } from './use-hydrated.ts'

type IconButtonProps = Omit<ComponentPropsWithRef<'button'>, 'title' | 'children'> & {
  /** What it does, and to what: `Remove the key laptop`. Said to screen readers, and shown where a pointer rests. */
  label: string
  icon: ReactNode
  /** It cannot be undone, or takes something away. */
  danger?: boolean
}

/** A small square for what is done often and known by its sign. As a Button, it takes no press before the scripts are there. */
export function IconButton({ label, icon, danger, disabled, className, ...rest }: IconButtonProps) {
  const hydrated = useHydrated()
  return (
    <button
      type="button"
      title={label}
      disabled={disabled || !hydrated}
      className={classNames(
        'inline-flex size-7 shrink-0 items-center justify-center rounded-sm text-faint transition-colors hover:bg-hover disabled:pointer-events-none',
        disabled && 'opacity-50',
        danger ? 'hover:text-bad' : 'hover:text-text',
        className,
      )}
      {...rest}
    >
      {icon}
      <span className="sr-only">{label}</span>
    </button>
  )
}

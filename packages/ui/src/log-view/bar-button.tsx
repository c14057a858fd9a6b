import type { ReactNode } from 'react'
import { classNames } from '../class-names.ts'
import { useHydrated } from '../use-hydrated.ts'

type BarButtonProps = {
  /** What it does, said to screen readers and on hover. */
  label: string
  onClick: () => void
  children: ReactNode
  /** It is on or off. */
  pressed?: boolean
  disabled?: boolean
}

/** A small square with a sign, in the bar of a log. */
export function BarButton({ label, onClick, children, pressed, disabled }: BarButtonProps) {
  const hydrated = useHydrated()
  return (
    <button
      type="button"
      onClick={onClick}
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled || !hydrated}
      className={classNames(
        'inline-flex size-7 shrink-0 items-center justify-center rounded-sm transition-colors hover:bg-hover hover:text-text disabled:opacity-40',
        pressed ? 'bg-accent-soft text-accent' : 'text-faint',
      )}
    >
      {children}
    </button>
  )
}

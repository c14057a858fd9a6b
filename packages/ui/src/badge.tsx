import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import type { Tone } from './state-mark.tsx'

const looks: Record<Tone, string> = {
  good: 'border-good/30 bg-good-soft text-good',
  bad: 'border-bad/30 bg-bad-soft text-bad',
  warn: 'border-warn/30 bg-warn-soft text-warn',
  accent: 'border-accent/30 bg-accent-soft text-accent',
  grey: 'border-line-strong bg-sunken text-muted',
}

/** A word about a thing, beside its name: a role, "current". A state is a StateMark. */
export function Badge({
  tone = 'grey',
  children,
  className,
}: {
  tone?: Tone
  children: ReactNode
  className?: string
}) {
  return (
    <span
      className={classNames(
        'inline-flex h-5 shrink-0 items-center rounded-full border px-2 text-xs font-medium whitespace-nowrap tabular-nums',
        looks[tone],
        className,
      )}
    >
      {children}
    </span>
  )
}

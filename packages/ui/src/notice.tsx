import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Shape, type Tone } from './state-mark.tsx'

const looks: Record<Exclude<Tone, 'grey'>, string> = {
  good: 'border-good/30 bg-good-soft',
  bad: 'border-bad/30 bg-bad-soft',
  warn: 'border-warn/30 bg-warn-soft',
  accent: 'border-accent/30 bg-accent-soft',
}
const marks = { good: 'check', bad: 'triangle', warn: 'half', accent: 'dot' } as const
const inks = { good: 'text-good', bad: 'text-bad', warn: 'text-warn', accent: 'text-accent' }

type NoticeProps = {
  tone: keyof typeof looks
  title: ReactNode
  children?: ReactNode
  /** At the right: a button. */
  action?: ReactNode
  /** Not read aloud by itself: what is around it says so. */
  quiet?: boolean
  className?: string
}

/** Feedback where the eye already is; it stays until it is no longer true. */
export function Notice({ tone, title, children, action, quiet, className }: NoticeProps) {
  return (
    <div
      role={quiet ? undefined : tone === 'bad' ? 'alert' : 'status'}
      className={classNames('flex gap-3 rounded-md border px-4 py-3', looks[tone], className)}
    >
      <Shape shape={marks[tone]} className={classNames('mt-[5px]', inks[tone])} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium break-words">{title}</p>
        {children && <div className="break-words text-muted">{children}</div>}
      </div>
      {action}
    </div>
  )
}

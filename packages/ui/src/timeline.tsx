import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { type MarkShape, Shape, type Tone } from './state-mark.tsx'

const inks: Record<Tone, string> = {
  good: 'text-good',
  bad: 'text-bad',
  warn: 'text-warn',
  accent: 'text-accent',
  grey: 'text-faint',
}

/** Steps under each other, joined by a line. */
export function Timeline({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {children}
    </ol>
  )
}

type StepProps = {
  shape: MarkShape
  tone: Tone
  /** The state in a word, for screen readers. */
  word: string
  title: ReactNode
  /** Stands at the right: a duration. */
  aside?: ReactNode
  selected?: boolean
  onSelect?: () => void
}

export function TimelineStep({ shape, tone, word, title, aside, selected, onSelect }: StepProps) {
  return (
    <li className="relative not-last:before:absolute not-last:before:top-6 not-last:before:left-[13.5px] not-last:before:h-[calc(100%-1rem)] not-last:before:w-px not-last:before:bg-line">
      <button
        type="button"
        onClick={onSelect}
        aria-current={selected ? 'step' : undefined}
        className={classNames(
          'flex w-full items-start gap-2.5 rounded-sm px-2 py-1.5 text-left transition-colors hover:bg-hover',
          selected && 'bg-hover',
        )}
      >
        <Shape shape={shape} className={classNames('relative mt-[5px]', inks[tone])} />
        <span className="min-w-0 flex-1 text-sm leading-5 break-words">
          <span className="sr-only">{word}: </span>
          {title}
        </span>
        <span className="shrink-0 text-xs leading-5 text-muted tabular-nums">{aside}</span>
      </button>
    </li>
  )
}

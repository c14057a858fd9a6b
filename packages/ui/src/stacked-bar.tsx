import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type BarPart = {
  name: string
  /** In any unit; null: not known, and not drawn. */
  size: number | null
  /** The size in words. */
  words: ReactNode
  tone: keyof typeof tones
}

const tones = {
  accent: 'bg-accent',
  soft: 'bg-accent/55',
  second: 'bg-(--ansi-blue)',
  third: 'bg-(--ansi-magenta)',
  good: 'bg-good',
  warn: 'bg-warn',
  grey: 'bg-faint',
  line: 'bg-line-strong',
}

/** Of what a whole is made: a bar, and below it each part with its name and size. The bar says nothing that the words do not. */
export function StackedBar({
  label,
  parts,
  whole,
}: {
  label: string
  parts: readonly BarPart[]
  whole: number
}) {
  const widthOf = (size: number | null) => `${whole > 0 ? (100 * (size ?? 0)) / whole : 0}%`
  return (
    <div className="flex flex-col gap-4">
      <div aria-hidden="true" className="flex h-2 gap-px overflow-hidden rounded-full bg-line">
        {parts.map(({ name, size, tone }) => (
          <div key={name} className={tones[tone]} style={{ width: widthOf(size) }} />
        ))}
      </div>
      <ul
        aria-label={label}
        className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-x-8 gap-y-2 text-sm"
      >
        {parts.map(({ name, words, tone }) => (
          <li key={name} className="flex items-center gap-2">
            <span className={classNames('size-2 shrink-0 rounded-full', tones[tone])} />
            <span className="min-w-0 flex-1 truncate text-muted">{name}</span>
            <span className="tabular-nums">{words}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

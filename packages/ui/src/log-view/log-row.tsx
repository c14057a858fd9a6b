import { memo } from 'react'
import { classNames } from '../class-names.ts'
import { AnsiText } from './ansi-text.tsx'
import type { LogLine } from './log-lines.ts'

/** Every row is as high as every other: what lies outside the window needs no measuring. Pixels. */
export const rowHeight = 20

const tones = { bad: 'text-bad', warn: 'text-warn', accent: 'text-accent' }

type LogRowProps = { line: LogLine; linked: boolean; marked: boolean }

export const LogRow = memo(function LogRow({ line, linked, marked }: LogRowProps) {
  return (
    <div
      className={classNames(
        'flex h-5 items-center gap-3 pr-4 pl-3 leading-5 whitespace-pre hover:bg-hover',
        marked && 'bg-accent-soft',
        line.edged && 'shadow-[inset_2px_0_var(--warn)]',
        line.tone && tones[line.tone],
      )}
    >
      {linked && (
        <a
          href={`#L${line.number}`}
          id={`L${line.number}`}
          tabIndex={-1}
          aria-label={`Line ${line.number}`}
          className="w-9 shrink-0 text-right text-faint tabular-nums select-none hover:text-accent"
        >
          {line.number}
        </a>
      )}
      {line.at && (
        <time dateTime={line.at} title={line.at} className="shrink-0 text-faint tabular-nums select-none">
          {line.at.slice(11, 19)}
        </time>
      )}
      {line.source && (
        <span className="w-20 shrink-0 truncate max-sm:w-14 text-faint select-none" title={line.source}>
          {line.source}
        </span>
      )}
      <span>
        <AnsiText text={line.text} />
      </span>
    </div>
  )
})

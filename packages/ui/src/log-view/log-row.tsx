import { memo } from 'react'
import { classNames } from '../class-names.ts'
import { ChevronIcon } from '../icons.tsx'
import { sayCount, sayNumber } from '../say.ts'
import { shownCharacters, stripAnsi } from './ansi.ts'
import { AnsiText } from './ansi-text.tsx'
import type { LogLine } from './log-lines.ts'

const tones = { bad: 'text-bad', warn: 'text-warn', accent: 'text-accent' }

export type LogRowProps = {
  line: LogLine
  isLinked: boolean
  isMarked: boolean
  isHit: boolean
  isWrapped: boolean
  isOpen: boolean
  /** So many letters are shown while it is not opened. */
  mostLetters: number | undefined
  pattern: RegExp | null
  /** Of the head of a group: whether the rest of it is folded away, and how many lines that are. */
  isFolded: boolean
  foldable: number
  aside: string | null
  onLink: (line: number) => void
  onOpen: (line: number) => void
  onAction: ((line: LogLine) => void) | undefined
  onFold: ((group: string) => void) | undefined
}

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, isLinked, isWrapped } = props
  return (
    <div
      data-line={line.number}
      className={classNames(
        'flex gap-3 pr-4 pl-3 leading-5 hover:bg-hover',
        isWrapped ? 'min-h-5 items-start whitespace-pre-wrap' : 'h-5 items-center whitespace-pre',
        props.isHit && 'bg-warn-soft',
        props.isMarked && 'bg-accent-soft shadow-[inset_2px_0_var(--accent)]',
        line.edged && !props.isMarked && 'shadow-[inset_2px_0_var(--warn)]',
        line.tone && !line.isHead && tones[line.tone],
      )}
    >
      {isLinked && <LineNumber line={line} onLink={props.onLink} />}
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
      {line.isHead ? (
        <Head {...props} />
      ) : (
        <span className={classNames('min-w-0', isWrapped && '[overflow-wrap:anywhere] break-all')}>
          <Text {...props} />
        </span>
      )}
    </div>
  )
})

/** On a phone the time is worth more room than the number. */
function LineNumber({ line, onLink }: { line: LogLine; onLink: (line: number) => void }) {
  const { number, at } = line
  return (
    <a
      href={`#L${number}`}
      id={`L${number}`}
      tabIndex={-1}
      aria-label={`Line ${number}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        onLink(number)
      }}
      className={classNames(
        'w-11 shrink-0 text-right text-faint tabular-nums select-none hover:text-accent',
        at && 'max-sm:hidden',
      )}
    >
      {number}
    </a>
  )
}

function Text({ line, pattern, mostLetters, isOpen, onOpen, onAction }: LogRowProps) {
  const most = isOpen ? line.text.length : (mostLetters ?? shownCharacters)
  const isCut = line.text.length > most
  return (
    <>
      <AnsiText text={line.text} pattern={pattern} most={most} />
      {isCut && (
        <button
          type="button"
          onClick={() => onOpen(line.number)}
          className="ml-2 rounded-sm font-sans text-accent select-none hover:underline"
        >
          {sayNumber(stripAnsi(line.text).length - most)} more
        </button>
      )}
      {line.action && onAction && (
        <button
          type="button"
          onClick={() => onAction(line)}
          className="ml-3 rounded-sm font-sans text-accent select-none hover:underline"
        >
          {line.action}
        </button>
      )}
    </>
  )
}

/** The first line of a group; pressing it folds the others away. */
function Head({ line, isFolded, foldable, aside, pattern, onFold }: LogRowProps) {
  const words = (
    <>
      <span className="font-semibold">
        <AnsiText text={line.text} pattern={pattern} />
      </span>
      {aside && <span className="whitespace-nowrap text-muted tabular-nums">{aside}</span>}
    </>
  )
  if (foldable === 0 || !onFold) return <span className="inline-flex gap-3">{words}</span>
  return (
    <button
      type="button"
      aria-expanded={!isFolded}
      onClick={() => line.group !== undefined && onFold(line.group)}
      className="inline-flex items-center gap-3 rounded-sm text-left"
    >
      {words}
      {isFolded && <span className="font-sans text-muted">{sayCount(foldable, 'line')}</span>}
      <ChevronIcon
        className={classNames(
          '-ml-1 size-3 shrink-0 text-muted transition-transform',
          !isFolded && 'rotate-90',
        )}
      />
    </button>
  )
}

'use client'

import { type ReactNode, type RefObject, useRef } from 'react'
import { Button } from '../button.tsx'
import { classNames } from '../class-names.ts'
import { FollowIcon } from '../icons.tsx'
import { sayCount } from '../say.ts'
import { LogBar } from './log-bar.tsx'
import type { LogLine, LogLines } from './log-lines.ts'
import { LogRow } from './log-row.tsx'
import { type LogModel, useLogModel } from './use-log-model.ts'

export type LogViewProps = {
  label: string
  lines: LogLines
  /** Numbers before the lines, each a link to its line (`#L12`). */
  linked?: boolean
  /** Shown while there is no line. */
  empty: ReactNode
  /** Stands at the left of the bar: filters. */
  controls?: ReactNode
  /** Lines may still come: following makes sense. */
  live: boolean
  /** Only the lines of this group. */
  group?: string | null
  /** A line that is looked for is in another group. */
  onGroup?: (group: string | null) => void
  /** Stands behind the head of a group: how long it took. */
  asideOf?: (group: string) => string | null
  /** The line that is looked for: shown once it is there, unless the address names another. */
  focusLine?: number | null
  /** Where the words searched for are kept outside. */
  search?: string
  onSearch?: (search: string) => void
  /** `filter` keeps the lines that hold the words; `find` marks them and goes from one to the next. */
  searching?: 'filter' | 'find'
  /** Offers all lines as a file of this name. */
  fileName?: string
  /** In place of `fileName`: fetches what the file is to hold. */
  onDownload?: () => void
  /** An edge of the lines is near: more of them may be there. Called often. */
  onOlder?: () => void
  onNewer?: () => void
  /** Stands above the first line: whether older ones are on their way, or this is the beginning. */
  top?: ReactNode
  /** In place of going to the last line that is here: to the newest there is. */
  onEnd?: () => void
  /** The button of a line was pressed. */
  onAction?: (line: LogLine) => void
  className?: string
}

/**
 * A log of 100,000 lines and more, drawn a window at a time. It follows its end while the end is in sight and stays where
 * it is otherwise, and says how many lines have come since. Pausing keeps what is on the screen; lines go on arriving.
 */
export function LogView(props: LogViewProps) {
  const box = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const model = useLogModel(props, box, list)
  const { scroll, fresh, rows } = model
  return (
    <div
      className={classNames(
        'flex min-h-0 flex-col overflow-hidden rounded-md border border-line bg-surface',
        props.className,
      )}
    >
      <LogBar
        {...{ model, field, live: props.live, controls: props.controls, fileName: props.fileName }}
        onDownload={props.onDownload}
        onLeaveSearch={() => {
          model.search.onText('')
          box.current?.focus()
        }}
      />
      <div className="relative min-h-0 flex-1">
        <div
          ref={box}
          role="log"
          aria-label={props.label}
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          tabIndex={0}
          onScroll={scroll.onScroll}
          className="absolute inset-0 overflow-auto overscroll-contain py-2 font-mono text-xs [overflow-anchor:none] focus-visible:-outline-offset-2"
        >
          {rows.length > 0 && props.top && (
            <div className="flex h-7 items-center px-4 font-sans text-sm text-muted">{props.top}</div>
          )}
          <Rows model={model} list={list} {...props} />
        </div>
        {!scroll.following && rows.length > 0 && (
          <Button
            size="small"
            className="absolute right-4 bottom-3"
            onClick={() => (props.onEnd ? props.onEnd() : scroll.follow(true))}
          >
            <FollowIcon className="size-3.5" />
            {props.onEnd ? 'To the newest' : props.live ? 'Follow' : 'To the end'}
            {props.live && fresh > 0 && (
              <span className="text-accent tabular-nums">{sayCount(fresh, 'new line')}</span>
            )}
          </Button>
        )}
      </div>
    </div>
  )
}

type RowsProps = LogViewProps & { model: LogModel; list: RefObject<HTMLDivElement | null> }

function Rows({ model, list, linked = false, focusLine = null, asideOf, empty, onAction }: RowsProps) {
  const { rows, drawn, search, folding, link, isWrapped } = model
  if (rows.length === 0) {
    const isNowhere = search.isFiltering && search.found?.isDone
    return (
      <div className="px-4 py-2 font-sans text-sm text-muted">
        {isNowhere ? 'No line holds that.' : empty}
      </div>
    )
  }
  return (
    <div
      ref={list}
      className={isWrapped ? 'w-full' : 'w-max min-w-full'}
      style={{ paddingTop: drawn.before, paddingBottom: drawn.after }}
    >
      {rows.slice(drawn.from, drawn.to).map((line) => (
        <LogRow
          key={line.number}
          line={line}
          isLinked={linked}
          isMarked={line.number === (link.line ?? focusLine)}
          isHit={line.number === search.hit}
          isWrapped={isWrapped}
          isOpen={model.open.has(line.number)}
          mostLetters={model.mostLetters}
          pattern={search.found?.pattern ?? null}
          isFolded={line.group !== undefined && folding?.folded.has(line.group) === true}
          foldable={(line.isHead && folding?.counts.get(line.group ?? '')) || 0}
          aside={(line.isHead && line.group !== undefined && asideOf?.(line.group)) || null}
          onLink={link.onLine}
          onOpen={model.openLine}
          onAction={onAction}
          onFold={folding?.toggle}
        />
      ))}
    </div>
  )
}

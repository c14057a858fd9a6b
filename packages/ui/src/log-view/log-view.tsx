'use client'

import {
  type ReactNode,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { Button } from '../button.tsx'
import { classNames } from '../class-names.ts'
import { CopyButton } from '../copy-button.tsx'
import { FollowIcon, PauseIcon, SearchIcon } from '../icons.tsx'
import { sayCount } from '../say.ts'
import { stripAnsi } from './ansi.ts'
import type { LogLine, LogLines } from './log-lines.ts'
import { LogRow, rowHeight } from './log-row.tsx'
import { useScroll } from './use-scroll.ts'
import { visibleRows } from './visible-rows.ts'

type LogViewProps = {
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
  /** The line that is looked for: shown once it is there, unless the address names another. */
  focusLine?: number | null
  /** Where the words searched for are kept outside. */
  search?: string
  onSearch?: (search: string) => void
  className?: string
}

/**
 * A log of up to 100,000 lines, drawn a window at a time. It follows its end while the end is in sight and stays where
 * it is otherwise. Search keeps the lines that hold the words. Pausing keeps what is on the screen; lines go on arriving.
 */
export function LogView({ label, lines, linked, empty, controls, live, className, ...rest }: LogViewProps) {
  const { group = null, focusLine = null } = rest
  const box = useRef<HTMLDivElement>(null)
  const [ownSearch, setOwnSearch] = useState('')
  const search = rest.search ?? ownSearch
  const setSearch = rest.onSearch ?? setOwnSearch
  const wanted = useDeferredValue(search)
  const [linkedLine, setLinkedLine] = useState<number | null>(null)
  const [paused, setPaused] = useState<readonly LogLine[] | null>(null)
  const current = useSyncExternalStore(lines.subscribe, lines.snapshot, lines.snapshot)
  const all = paused ?? current
  const rows = useMemo(() => matching(all, wanted, group), [all, wanted, group])
  const scroll = useScroll(box, { rowHeight, count: rows.length, follow: live })
  const drawn = visibleRows({ ...scroll, rowHeight, count: rows.length, overscan: 20 })
  useLineLink({
    enabled: linked === true,
    rows,
    focusLine,
    onLink: setLinkedLine,
    scrollToRow: scroll.scrollToRow,
  })
  const hidden = paused === null ? 0 : newLines(paused, current)

  return (
    <div
      className={classNames(
        'flex min-h-0 flex-col overflow-hidden rounded-md border border-line bg-surface',
        className,
      )}
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-2 py-1.5">
        {controls}
        <label className="relative flex min-w-32 flex-1 items-center">
          <SearchIcon className="pointer-events-none absolute left-2 size-3.5 text-faint" />
          <span className="sr-only">Search in the log</span>
          <input
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            placeholder="Search"
            className="h-7 w-full max-w-72 rounded-sm bg-transparent pr-2 pl-7 text-sm placeholder:text-faint hover:bg-hover focus-visible:outline-offset-0"
          />
        </label>
        <span className="px-1 text-xs text-muted tabular-nums" aria-live="off">
          {wanted ? `${sayCount(rows.length, 'match', 'matches')}` : sayCount(all.length, 'line')}
        </span>
        {live && (
          <Button
            look="quiet"
            size="small"
            aria-pressed={paused !== null}
            onClick={() => setPaused(paused === null ? current : null)}
          >
            <PauseIcon className="size-3.5" />
            {paused === null
              ? 'Pause'
              : `Resume${hidden > 0 ? ` (${sayCount(hidden, 'new')})`.replace('news', 'new') : ''}`}
          </Button>
        )}
        <CopyButton label="Copy the log" text={() => rows.map((line) => stripAnsi(line.text)).join('\n')} />
      </div>
      <div className="relative min-h-0 flex-1">
        <div
          ref={box}
          role="log"
          aria-label={label}
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          tabIndex={0}
          onScroll={scroll.onScroll}
          className="absolute inset-0 overflow-auto overscroll-contain py-2 font-mono text-xs [overflow-anchor:none] focus-visible:-outline-offset-2"
        >
          {rows.length === 0 ? (
            <div className="px-4 py-2 font-sans text-sm text-muted">
              {wanted ? 'No line holds that.' : empty}
            </div>
          ) : (
            <div
              className="w-max min-w-full"
              style={{ paddingTop: drawn.before, paddingBottom: drawn.after }}
            >
              {rows.slice(drawn.from, drawn.to).map((line) => (
                <LogRow
                  key={line.number}
                  line={line}
                  linked={linked === true}
                  marked={line.number === linkedLine}
                />
              ))}
            </div>
          )}
        </div>
        {!scroll.following && rows.length > 0 && (
          <Button size="small" className="absolute right-4 bottom-3" onClick={() => scroll.follow(true)}>
            <FollowIcon className="size-3.5" />
            {live ? 'Follow' : 'To the end'}
          </Button>
        )}
      </div>
    </div>
  )
}

function matching(lines: readonly LogLine[], wanted: string, group: string | null): readonly LogLine[] {
  const needle = wanted.trim().toLowerCase()
  const ofGroup = group === null ? lines : lines.filter((line) => line.group === group)
  if (needle === '') return ofGroup
  return ofGroup.filter((line) => stripAnsi(line.text).toLowerCase().includes(needle))
}

function newLines(paused: readonly LogLine[], current: readonly LogLine[]): number {
  return Math.max(0, (current.at(-1)?.number ?? 0) - (paused.at(-1)?.number ?? 0))
}

/** `#L12` in the address marks line 12 and shows it, once it has arrived; without it, `focusLine` is shown. */
function useLineLink(options: {
  enabled: boolean
  rows: readonly LogLine[]
  focusLine: number | null
  onLink: (line: number) => void
  scrollToRow: (row: number) => void
}) {
  const { enabled, rows, focusLine, onLink, scrollToRow } = options
  const shown = useRef<number | null>(null)
  useEffect(() => {
    if (!enabled) return
    const show = () => {
      const linked = /^#L(\d{1,9})$/.exec(location.hash)?.[1]
      const wanted = linked ? Number(linked) : focusLine
      if (wanted === null || shown.current === wanted) return
      const row = rows.findIndex((line) => line.number === wanted)
      if (row < 0) return
      shown.current = wanted
      onLink(wanted)
      scrollToRow(row)
    }
    show()
    addEventListener('hashchange', show)
    return () => removeEventListener('hashchange', show)
  }, [enabled, rows, focusLine, onLink, scrollToRow])
}

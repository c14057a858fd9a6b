'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react'
import type { LogLine } from './log-lines.ts'
import { nextHit } from './log-search.ts'
import type { LogViewProps } from './log-view.tsx'
import { shownLines } from './shown-lines.ts'
import { useBoxSize } from './use-box-size.ts'
import { type Folding, useFolding } from './use-folding.ts'
import { useLineLink } from './use-line-link.ts'
import { countAfter, lastNumber, useFreshCount, useLogLines } from './use-log-lines.ts'
import { type Found, useLogSearch } from './use-log-search.ts'
import { useMoreLines } from './use-more-lines.ts'
import { rowHeight, useRowPlaces } from './use-row-places.ts'
import { type Scroll, useScroll } from './use-scroll.ts'
import { useShownLine } from './use-shown-line.ts'
import { type RowWindow, visibleRows } from './visible-rows.ts'

export type LogModel = {
  all: readonly LogLine[]
  rows: readonly LogLine[]
  drawn: RowWindow
  scroll: Scroll
  /** Null: there is nothing to fold. */
  folding: Folding | null
  search: Search
  /** The line that the address names. */
  link: { line: number | null; onLine: (line: number | null) => void }
  pause: { isPaused: boolean; fresh: number; onToggle: () => void }
  /** Lines that came since the end was left. */
  fresh: number
  isWrapped: boolean
  toggleWrap: () => void
  mostLetters: number | undefined
  open: ReadonlySet<number>
  openLine: (line: number) => void
}

type Search = {
  text: string
  onText: (text: string) => void
  found: Found | null
  isFiltering: boolean
  /** The line where one is among those that were found. */
  hit: number | null
  /** Null: it filters, and there is nothing to step through. */
  steps: { at: number; of: number; isDone: boolean } | null
  onStep: (direction: 1 | -1) => void
}

const noneOpen: ReadonlySet<number> = new Set()
const overscan = 20
/** Narrower than this, in pixels, lines wrap unless somebody says otherwise. */
const narrow = 560

/** Everything that a log view knows: which lines are rows, where they stand, what is searched for, folded, linked to. */
export function useLogModel(
  props: LogViewProps,
  box: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
): LogModel {
  const { linked = false, live, group = null, searching = 'filter', onGroup } = props
  const { all, arrived, isPaused, togglePause } = useLogLines(props.lines)
  const folding = useFolding(all)
  const [ownSearch, setOwnSearch] = useState('')
  const text = props.search ?? ownSearch
  const found = useLogSearch(all, text.trim())
  const only = searching === 'filter' ? (found?.hits ?? null) : null
  const { folded } = folding
  const rows = useMemo(() => shownLines(all, { group, folded, only }), [all, group, folded, only])

  const [open, setOpen] = useState(noneOpen)
  const size = useBoxSize(box)
  const [wrapChoice, setWrapChoice] = useState<boolean | null>(null)
  const isWrapped = wrapChoice ?? size.width < narrow
  const width = textWidth(size.width, { linked, line: rows[0] })
  const { places, measure, mostLetters } = useRowPlaces(rows, { width, isOn: isWrapped, open })
  const scroll = useScroll(box, { rowHeight, places, follow: live })
  const { scrollTop, shift } = scroll
  const drawn = visibleRows(places, { scrollTop, height: size.height, overscan })
  // What was drawn tells how high it really is.
  useLayoutEffect(() => shift(measure(list, scrollTop)))
  useMoreLines(box, { rows, places, scroll, onOlder: props.onOlder, onNewer: props.onNewer })

  const show = useShownLine({ all, rows, group, onGroup, ...folding, scrollToRow: scroll.scrollToRow })
  const { linked: line, link } = useLineLink(linked)
  // Who looks at one group alone is not led away from it, unless the address names a line.
  const wantedLine = line ?? (group === null ? props.focusLine : null) ?? null
  useEffect(() => {
    if (wantedLine !== null) show(wantedLine)
  }, [wantedLine, show])

  return {
    ...{ all, rows, drawn, scroll, isWrapped, mostLetters, open },
    folding: linked && group === null && folding.counts.size > 0 ? folding : null,
    search: useStepping({
      ...{ text, found, show, searching },
      onText: props.onSearch ?? setOwnSearch,
      inSight: rows[places.rowAt(scrollTop)]?.number ?? 0,
    }),
    link: { line, onLine: link },
    pause: { isPaused, fresh: countAfter(arrived, lastNumber(all)), onToggle: togglePause },
    fresh: useFreshCount(arrived, scroll.following),
    toggleWrap: () => setWrapChoice(!isWrapped),
    openLine: useCallback((number: number) => setOpen((before) => new Set([...before, number])), []),
  }
}

type Stepping = Pick<Search, 'text' | 'found' | 'onText'> & {
  searching: 'filter' | 'find'
  show: (line: number) => void
  /** The first line on the screen: one begins there. */
  inSight: number
}

function useStepping({ text, found, onText, searching, show, inSight }: Stepping): Search {
  const [hit, setHit] = useState<number | null>(null)
  const hits = found?.hits ?? noHits
  const onStep = (direction: 1 | -1) => {
    const next = nextHit(hits, hit ?? (direction === 1 ? inSight - 1 : inSight), direction)
    setHit(next)
    if (next !== null) show(next)
  }
  const isFind = searching === 'find'
  return {
    ...{ text, found, hit, onStep },
    onText: (said) => {
      setHit(null)
      onText(said)
    },
    isFiltering: !isFind && found !== null,
    steps: isFind
      ? { at: hit === null ? 0 : hits.indexOf(hit) + 1, of: hits.length, isDone: found?.isDone ?? true }
      : null,
  }
}

const noHits: readonly number[] = []

/** What a row has left for its text, in pixels: number, time and source stand before it. */
function textWidth(
  boxWidth: number,
  { linked, line }: { linked: boolean; line: LogLine | undefined },
): number {
  return boxWidth - 28 - (linked ? 56 : 0) - (line?.at ? 70 : 0) - (line?.source ? 92 : 0)
}

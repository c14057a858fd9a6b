'use client'

import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { LogLine } from './log-lines.ts'
import { placeOf } from './log-search.ts'
import type { RowPlaces } from './row-places.ts'
import type { Scroll } from './use-scroll.ts'

/** So near to an edge more is asked for. Pixels. */
const near = 800

type MoreLines = {
  rows: readonly LogLine[]
  places: RowPlaces
  scroll: Scroll
  onOlder: (() => void) | undefined
  onNewer: (() => void) | undefined
}

/** Asks for more lines when an edge comes near, and keeps what is on the screen where it is when older ones have come. */
export function useMoreLines(box: RefObject<HTMLElement | null>, more: MoreLines): void {
  const { rows, places, scroll, onOlder, onNewer } = more
  const { shift, scrollTop } = scroll
  const first = useRef<number | null>(null)

  useLayoutEffect(() => {
    const before = first.current
    first.current = rows[0]?.number ?? null
    if (before === null || first.current === null || first.current >= before) return
    const row = placeOf(rows, before)
    if (row > 0) shift(places.topOf(row))
  }, [rows, places, shift])

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again whenever it was scrolled or lines have come.
  useEffect(() => {
    if (!box.current || rows.length === 0) return
    const { scrollTop: top, clientHeight, scrollHeight } = box.current
    if (top < near) onOlder?.()
    if (scrollHeight - top - clientHeight < near) onNewer?.()
  }, [box, rows, scrollTop, onOlder, onNewer])
}

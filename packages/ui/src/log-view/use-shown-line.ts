'use client'

import { useCallback, useEffect, useRef } from 'react'
import type { LogLine } from './log-lines.ts'
import { placeOf } from './log-search.ts'

type Showing = {
  all: readonly LogLine[]
  rows: readonly LogLine[]
  group: string | null
  onGroup: ((group: string | null) => void) | undefined
  folded: ReadonlySet<string>
  unfold: (group: string) => void
  scrollToRow: (row: number) => void
}

/** Scrolls to a line by its number: at once, or when it has arrived; what hides it is opened. */
export function useShownLine(showing: Showing): (line: number) => void {
  const wanted = useRef<number | null>(null)
  const latest = useRef(showing)
  latest.current = showing

  const attempt = useCallback(() => {
    const { all, rows, group, onGroup, folded, unfold, scrollToRow } = latest.current
    if (wanted.current === null) return
    const row = placeOf(rows, wanted.current)
    if (row >= 0) {
      wanted.current = null
      return scrollToRow(row)
    }
    const line = all[placeOf(all, wanted.current)]
    if (line === undefined) return
    if (group !== null && line.group !== group) onGroup?.(null)
    if (line.group !== undefined && folded.has(line.group)) unfold(line.group)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the line that is wanted may be among new rows.
  useEffect(attempt, [showing.rows, attempt])
  return useCallback(
    (line) => {
      wanted.current = line
      attempt()
    },
    [attempt],
  )
}

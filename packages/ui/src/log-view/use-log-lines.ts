'use client'

import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { LogLine, LogLines } from './log-lines.ts'
import { firstAfter } from './log-search.ts'

export type HeldLines = {
  all: readonly LogLine[]
  /** All that came, while others are shown. */
  arrived: readonly LogLine[]
  isPaused: boolean
  togglePause: () => void
}

/** The lines as they stand, or as they stood when somebody paused. */
export function useLogLines(lines: LogLines): HeldLines {
  const [paused, setPaused] = useState<readonly LogLine[] | null>(null)
  const current = useSyncExternalStore(lines.subscribe, lines.snapshot, lines.snapshot)
  return {
    all: paused ?? current,
    arrived: current,
    isPaused: paused !== null,
    togglePause: () => setPaused(paused === null ? current : null),
  }
}

/** How many lines have come since the end was left. */
export function useFreshCount(arrived: readonly LogLine[], following: boolean): number {
  const last = lastNumber(arrived)
  const seen = useRef(last)
  useEffect(() => {
    if (following) seen.current = last
  }, [last, following])
  return following ? 0 : countAfter(arrived, seen.current)
}

/** Not a difference of numbers: those of a log that is filtered have gaps. */
export function countAfter(lines: readonly LogLine[], number: number): number {
  return lines.length - firstAfter(lines, number)
}

export function lastNumber(lines: readonly LogLine[]): number {
  return lines.at(-1)?.number ?? 0
}

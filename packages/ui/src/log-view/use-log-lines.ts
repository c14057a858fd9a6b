'use client'

import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { LogLine, LogLines } from './log-lines.ts'

export type HeldLines = {
  all: readonly LogLine[]
  /** The number of the last line that came. */
  arrived: number
  isPaused: boolean
  togglePause: () => void
}

/** The lines as they stand, or as they stood when somebody paused. */
export function useLogLines(lines: LogLines): HeldLines {
  const [paused, setPaused] = useState<readonly LogLine[] | null>(null)
  const current = useSyncExternalStore(lines.subscribe, lines.snapshot, lines.snapshot)
  return {
    all: paused ?? current,
    arrived: current.at(-1)?.number ?? 0,
    isPaused: paused !== null,
    togglePause: () => setPaused(paused === null ? current : null),
  }
}

/** How many lines have come since the end was left. */
export function useFreshCount(arrived: number, following: boolean): number {
  const seen = useRef(arrived)
  useEffect(() => {
    if (following) seen.current = arrived
  }, [arrived, following])
  return following ? 0 : Math.max(0, arrived - seen.current)
}

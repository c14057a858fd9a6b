'use client'

import { useEffect, useMemo, useState } from 'react'
import type { LogLine } from './log-lines.ts'
import { LogSearch } from './log-search.ts'

/** Of each frame so much may go into searching. */
const sliceMs = 8

export type Found = { pattern: RegExp; hits: readonly number[]; isDone: boolean }

/** What of these lines holds the text. Null: nothing is searched for. What a slice of time leaves over comes a moment later. */
export function useLogSearch(lines: readonly LogLine[], text: string): Found | null {
  const search = useMemo(() => (text === '' ? null : new LogSearch(text)), [text])
  const [, lookOn] = useState(0)
  // Each line is looked at once, however often this is called: looking while drawing is safe to repeat.
  const isDone = search?.look(lines, sliceMs) ?? true
  useEffect(() => {
    if (isDone) return
    const timer = setTimeout(() => lookOn((turn) => turn + 1), 0)
    return () => clearTimeout(timer)
  })
  return search && { pattern: search.pattern, hits: search.hits, isDone }
}

'use client'

import { useCallback, useState } from 'react'
import { LineGroups } from './line-groups.ts'
import type { LogLine } from './log-lines.ts'

export type Folding = {
  folded: ReadonlySet<string>
  /** How many lines of each group can be folded away. */
  counts: ReadonlyMap<string, number>
  isAllFolded: boolean
  toggle: (group: string) => void
  toggleAll: () => void
  unfold: (group: string) => void
}

const none: ReadonlySet<string> = new Set()

/** Which groups are folded away. */
export function useFolding(all: readonly LogLine[]): Folding {
  const [folded, setFolded] = useState(none)
  const [groups] = useState(() => new LineGroups())
  // Each line is looked at once: looking while drawing is safe to repeat.
  const counts = groups.look(all)
  const unfold = useCallback((group: string) => setFolded((before) => without(before, group)), [])
  const toggle = useCallback(
    (group: string) =>
      setFolded((before) => (before.has(group) ? without(before, group) : new Set([...before, group]))),
    [],
  )
  const isAllFolded = counts.size > 0 && folded.size >= counts.size
  const toggleAll = () => setFolded(isAllFolded ? none : new Set(counts.keys()))
  return { folded, counts, isAllFolded, toggle, toggleAll, unfold }
}

function without(groups: ReadonlySet<string>, group: string): ReadonlySet<string> {
  return new Set([...groups].filter((one) => one !== group))
}

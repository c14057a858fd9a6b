'use client'

import { useCallback, useMemo, useState } from 'react'
import type { LogLine } from './log-lines.ts'
import { countByGroup, groupsOf } from './shown-lines.ts'

export type Folding = {
  folded: ReadonlySet<string>
  /** Lines of each group that can be folded. */
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
  const counts = useMemo(() => countByGroup(all, new Set(groupsOf(all))), [all])
  const unfold = useCallback((group: string) => setFolded((before) => without(before, group)), [])
  const toggle = useCallback(
    (group: string) =>
      setFolded((before) => (before.has(group) ? without(before, group) : new Set([...before, group]))),
    [],
  )
  const isAllFolded = counts.size > 0 && [...counts.keys()].every((group) => folded.has(group))
  const toggleAll = () => setFolded(isAllFolded ? none : new Set(counts.keys()))
  return { folded, counts, isAllFolded, toggle, toggleAll, unfold }
}

function without(groups: ReadonlySet<string>, group: string): ReadonlySet<string> {
  return new Set([...groups].filter((one) => one !== group))
}

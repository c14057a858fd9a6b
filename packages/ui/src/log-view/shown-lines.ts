import type { LogLine } from './log-lines.ts'

/** Which lines of a log are rows: those of one group, those that hold the words, and of a folded group its head alone. */
export type Showing = {
  group: string | null
  folded: ReadonlySet<string>
  /** Numbers of lines, rising; null: all. */
  only: readonly number[] | null
}

export function shownLines(all: readonly LogLine[], { group, folded, only }: Showing): readonly LogLine[] {
  if (group === null && folded.size === 0 && only === null) return all
  let at = 0
  return all.filter((line) => {
    if (only !== null) {
      while (at < only.length && (only[at] as number) < line.number) at++
      if (only[at] !== line.number) return false
    }
    if (group !== null && line.group !== group) return false
    return line.isHead === true || line.group === undefined || !folded.has(line.group)
  })
}

/** Groups that have a head, in the order in which they begin: what can be folded. */
export function groupsOf(all: readonly LogLine[]): string[] {
  return all.flatMap(({ isHead, group }) => (isHead && group !== undefined ? [group] : []))
}

/** How many lines of each group there are besides its head. */
export function countByGroup(all: readonly LogLine[], groups: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { group, isHead } of all)
    if (group !== undefined && !isHead && groups.has(group)) counts.set(group, (counts.get(group) ?? 0) + 1)
  return counts
}

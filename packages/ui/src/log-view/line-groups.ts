import type { LogLine } from './log-lines.ts'
import { firstAfter } from './log-search.ts'

/** How many lines each group has besides its head; each line is looked at once, when it has come. */
export class LineGroups {
  /** Of groups that have a head, in the order in which they begin. Another map whenever something was counted. */
  counts: ReadonlyMap<string, number> = new Map()
  #lastLooked = 0

  look(lines: readonly LogLine[]): ReadonlyMap<string, number> {
    const from = firstAfter(lines, this.#lastLooked)
    if (from === lines.length) return this.counts
    const counts = new Map(this.counts)
    for (let at = from; at < lines.length; at++) {
      const { group, isHead } = lines[at] as LogLine
      if (group === undefined) continue
      if (isHead) counts.set(group, counts.get(group) ?? 0)
      else if (counts.has(group)) counts.set(group, (counts.get(group) ?? 0) + 1)
    }
    this.#lastLooked = lines.at(-1)?.number ?? 0
    this.counts = counts
    return counts
  }
}

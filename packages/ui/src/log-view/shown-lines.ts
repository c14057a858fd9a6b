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

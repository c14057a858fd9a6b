import type { AppLogLine } from './live-protocol.ts'

/**
 * Several instances' lines as one log in the order of time. Lines of one instance keep their order, whatever their
 * times say; of equal times the earlier list comes first.
 */
export function mergeLogLines(lists: readonly (readonly AppLogLine[])[]): AppLogLine[] {
  const merged: AppLogLine[] = []
  const next = lists.map(() => 0)
  for (let at = earliest(lists, next); at !== -1; at = earliest(lists, next)) {
    merged.push(lists[at]?.[next[at] ?? 0] as AppLogLine)
    next[at] = (next[at] ?? 0) + 1
  }
  return merged
}

function earliest(lists: readonly (readonly AppLogLine[])[], next: readonly number[]): number {
  let found = -1
  let foundAt = ''
  lists.forEach((list, index) => {
    const line = list[next[index] ?? 0]
    if (line === undefined || (found !== -1 && line.at >= foundAt)) return
    found = index
    foundAt = line.at
  })
  return found
}

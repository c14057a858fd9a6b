/**
 * Several instances' lines as one log in the order of time. Lines of one instance keep their order, whatever their
 * times say; of equal times the earlier list comes first.
 */
export function mergeLogLines<Line extends { atMs: number }>(lists: readonly (readonly Line[])[]): Line[] {
  const merged: Line[] = []
  const next = lists.map(() => 0)
  for (let at = earliest(lists, next); at !== -1; at = earliest(lists, next)) {
    merged.push(lists[at]?.[next[at] ?? 0] as Line)
    next[at] = (next[at] ?? 0) + 1
  }
  return merged
}

function earliest(lists: readonly (readonly { atMs: number }[])[], next: readonly number[]): number {
  let found = -1
  let foundAt = 0
  lists.forEach((list, index) => {
    const line = list[next[index] ?? 0]
    if (line === undefined || (found !== -1 && line.atMs >= foundAt)) return
    found = index
    foundAt = line.atMs
  })
  return found
}

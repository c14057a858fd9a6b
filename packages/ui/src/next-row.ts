/** Where a key leads in a list of `count` rows from row `at` (-1: none yet). Null: the key does not move. */
export function nextRow(key: string, at: number, count: number): number | null {
  if (count === 0) return null
  if (key === 'ArrowDown' || key === 'j') return Math.min(at + 1, count - 1)
  if (key === 'ArrowUp' || key === 'k') return Math.max(at - 1, 0)
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  return null
}

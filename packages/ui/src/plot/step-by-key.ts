/** Where a key leads from a step; from none, to the newest. Null: the key means nothing here. */
export function stepByKey(key: string, step: number | null, count: number): number | null {
  if (count === 0) return null
  const last = count - 1
  const from = step ?? last
  const tenth = Math.max(1, Math.round(count / 10))
  const to = {
    ArrowLeft: from - 1,
    ArrowDown: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from + 1,
    PageDown: from - tenth,
    PageUp: from + tenth,
    Home: 0,
    End: last,
  }[key]
  if (to === undefined) return null
  return step === null && key.startsWith('Arrow') ? last : Math.min(last, Math.max(0, to))
}

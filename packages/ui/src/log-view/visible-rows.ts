import type { RowPlaces } from './row-places.ts'

/** Which rows of a list are drawn: those on the screen and some around them. Heights in pixels. */
export type RowWindow = { from: number; to: number; before: number; after: number }

export function visibleRows(
  places: RowPlaces,
  { scrollTop, height, overscan }: { scrollTop: number; height: number; overscan: number },
): RowWindow {
  if (places.count === 0) return { from: 0, to: 0, before: 0, after: 0 }
  const top = Math.max(0, scrollTop)
  const from = Math.max(0, places.rowAt(top) - overscan)
  const to = Math.min(places.count, places.rowAt(top + height) + 1 + overscan)
  return { from, to, before: places.topOf(from), after: places.height - places.topOf(to) }
}

/** Is the end in sight? Two rows of slack: fractional scroll positions and a line that has just arrived. */
export function isAtEnd(view: {
  scrollTop: number
  height: number
  scrollHeight: number
  rowHeight: number
}): boolean {
  return view.scrollHeight - view.scrollTop - view.height <= 2 * view.rowHeight
}

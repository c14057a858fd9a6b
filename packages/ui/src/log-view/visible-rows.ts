/** Which rows of a list are drawn: those on the screen and some around them. Heights in pixels. */
export type RowWindow = { from: number; to: number; before: number; after: number }

export function visibleRows(view: {
  scrollTop: number
  height: number
  rowHeight: number
  count: number
  overscan: number
}): RowWindow {
  const { scrollTop, height, rowHeight, count, overscan } = view
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight) - overscan
  const last = Math.ceil((Math.max(0, scrollTop) + height) / rowHeight) + overscan
  const from = Math.min(Math.max(0, first), count)
  const to = Math.min(Math.max(from, last), count)
  return { from, to, before: from * rowHeight, after: (count - to) * rowHeight }
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

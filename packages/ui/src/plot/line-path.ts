/** The box that a path is drawn in; SVG stretches it to whatever size it has on the page. */
export const pathWidth = 1000
export const pathHeight = 100

/**
 * Values as an SVG path: a gap where one is not known, a dot where a known one stands alone. `places`: how many steps the
 * width stands for.
 */
export function linePath(
  values: readonly (number | null)[],
  { max, places }: { max: number; places: number },
): string {
  const x = (index: number) => round((index / Math.max(1, places)) * pathWidth)
  const y = (value: number) => round(pathHeight - (Math.min(value, max) / max) * pathHeight)
  let path = ''
  for (const [index, value] of values.entries()) {
    if (value === null) continue
    const goesOn = index > 0 && values[index - 1] !== null
    path += `${goesOn ? 'L' : 'M'}${x(index)} ${y(value)}`
    // A line of no length has round ends, and so is a dot.
    if (!goesOn && (values[index + 1] ?? null) === null) path += 'h0'
  }
  return path
}

function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10
}

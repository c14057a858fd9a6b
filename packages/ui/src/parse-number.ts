export type Bounds = { min?: number; max?: number; step?: number }

/** What was typed, as a number within the bounds; null: it is none. A comma and spaces between digits are as people write. */
export function parseNumber(typed: string, { min = -Infinity, max = Infinity }: Bounds): number | null {
  const bare = typed.replace(/[\s,_']/g, '')
  if (!/^-?\d+(\.\d+)?$/.test(bare)) return null
  const number = Number(bare)
  return number >= min && number <= max ? number : null
}

/** So many steps further, within the bounds, and on a whole step from the lower one. */
export function stepNumber(value: number, steps: number, { min, max, step = 1 }: Bounds): number {
  const start = min ?? 0
  const at = (value - start) / step
  const next = steps > 0 ? Math.floor(at + steps + 1e-9) : Math.ceil(at + steps - 1e-9)
  const number = Number((start + next * step).toFixed(6))
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, number))
}

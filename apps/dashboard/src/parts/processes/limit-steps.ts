/** Where a slider of limits stops: near each other where it is little, as people give them. */

const megabyte = 1024 * 1024

/** 32 MB, 64 MB, 128 MB … and what the machine has. */
export function memorySteps(mostBytes: number): number[] {
  const most = Math.floor(mostBytes / megabyte) * megabyte
  const steps: number[] = []
  for (let bytes = 32 * megabyte; bytes < most; bytes *= 2) {
    steps.push(bytes)
    const between = bytes * 1.5
    if (bytes >= 256 * megabyte && between < most) steps.push(between)
  }
  return [...steps, most]
}

/** 0.1, 0.25, 0.5 … and, behind the last, null: as much as is free. */
export function cpuSteps(most: number): (number | null)[] {
  const small = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
  const steps = small.filter((step) => step < most)
  return [...steps, most, null]
}

/** The stop that is nearest to a value between two. */
export function nearestStep(steps: readonly (number | null)[], value: number | null): number {
  if (value === null) return steps.length - 1
  let nearest = 0
  for (const [index, step] of steps.entries())
    if (step !== null && Math.abs(step - value) < Math.abs((steps[nearest] ?? 0) - value)) nearest = index
  return nearest
}

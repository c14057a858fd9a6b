/** From 0 to `max`, with a few round values between. */
export type ValueScale = { max: number; ticks: number[] }

/** Steps of an axis within one power of its base: 1, 2, 5 … of ten, and 1, 2, 4, 8 … of 1,024. */
export type ScaleSteps = 'decimal' | 'binary'

const decimal = [1, 2, 5, 10]
const binary = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

/**
 * The axis for values up to `highest`: it ends at a round value, so that it does not move with every new figure.
 * `least`: what it holds at the least, where all values are small or there are none.
 */
export function valueScale(
  highest: number,
  { steps, least, count = 4 }: { steps: ScaleSteps; least: number; count?: number },
): ValueScale {
  const top = Math.max(highest, least)
  const step = roundStep(top / count, steps)
  const max = Math.ceil((top * 1.02) / step) * step
  const ticks = Array.from({ length: Math.round(max / step) + 1 }, (_, index) => exact(index * step))
  return { max: exact(max), ticks }
}

function roundStep(wanted: number, steps: ScaleSteps): number {
  const base = steps === 'decimal' ? 10 : 1024
  const power = base ** Math.floor(Math.log(wanted) / Math.log(base))
  const choices = steps === 'decimal' ? decimal : binary
  return power * (choices.find((choice) => choice * power >= wanted * 0.999) ?? base)
}

/** 0.30000000000000004 is 0.3. */
function exact(value: number): number {
  return Number(value.toPrecision(12))
}

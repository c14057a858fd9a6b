import { sayDay } from '../say.ts'

const dayMs = 24 * 60 * 60_000

/** A moment on a plot, as exact as its steps are: `14:30:20`, `22 Nov, 14:30`. UTC, as every exact time. */
export function sayMoment(at: number, { stepMs, spanMs }: { stepMs: number; spanMs: number }): string {
  const time = new Date(at).toISOString().slice(11, stepMs < 60_000 ? 19 : 16)
  return spanMs > dayMs ? `${sayDay(at)}, ${time}` : time
}

import { sayDay } from '../say.ts'

export type TimeTick = { at: number; label: string }

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const steps = [
  ...[second, 5 * second, 10 * second, 30 * second],
  ...[minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute],
  ...[hour, 2 * hour, 4 * hour, 6 * hour, 12 * hour],
  ...[day, 2 * day, 5 * day, 10 * day, 30 * day],
]

/** Round moments between two times, `most` at the most: `14:30`; `22 Nov` where a day begins. Milliseconds, UTC. */
export function timeTicks(from: number, to: number, most = 7): TimeTick[] {
  const step = steps.find((each) => (to - from) / each <= most) ?? 30 * day
  const ticks: TimeTick[] = []
  for (let at = Math.ceil(from / step) * step; at < to; at += step)
    ticks.push({ at, label: sayTick(at, step) })
  return ticks
}

function sayTick(at: number, step: number): string {
  if (at % day === 0) return sayDay(at)
  return new Date(at).toISOString().slice(11, step < minute ? 19 : 16)
}

import { sayNumber, saySize } from '../say.ts'
import type { ScaleSteps } from './value-scale.ts'

/** What a value on a plot is, and how it is said. `least`: an axis reaches at least so far. */
export type PlotUnit = { say: (value: number) => string; steps: ScaleSteps; least: number }

export const plotUnits = {
  /** 1 is one core. */
  cpu: { say: (cores) => `${sayFew(cores * 100)} %`, steps: 'decimal', least: 0.1 },
  bytes: { say: sayBytes, steps: 'binary', least: 1024 * 1024 },
  bytesPerSecond: { say: (bytes) => `${sayBytes(bytes)}/s`, steps: 'binary', least: 1024 },
  perSecond: { say: (rate) => `${sayFew(rate)}/s`, steps: 'decimal', least: 1 },
  milliseconds: { say: sayMilliseconds, steps: 'decimal', least: 10 },
  count: { say: (count) => sayNumber(count), steps: 'decimal', least: 4 },
} as const satisfies Record<string, PlotUnit>

/** Three figures at the most: `0.12`, `3.4`, `12`, `1,234`. */
function sayFew(value: number): string {
  if (value >= 9.95) return sayNumber(Math.round(value))
  const digits = value >= 0.995 ? 1 : 2
  return String(Number(value.toFixed(digits)))
}

/** `7 ms`, `116 ms`, `1.25 s` */
function sayMilliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(2))} s`
}

function sayBytes(bytes: number): string {
  return bytes < 1024 ? `${Math.round(bytes)} B` : saySize(bytes)
}

import type { Outputs } from '@berth/api'
import { bytes } from '../output.ts'

type Metrics = Outputs['metrics']['read']
export type FigureRow = { name: string; now: string; average: string; peak: string }
type Column = readonly (number | null)[]

/** Figures of a time as a table; those of which nothing is known are not in it. */
export function figureRows({ usage, traffic, total }: Metrics): FigureRow[] {
  const limit = total.usage.memoryLimitBytes
  const ofLimit = limit === null ? '' : ` of ${bytes(limit)}`
  const rows = [
    row('cpu', usage.cpu, sayCores, { average: total.usage.cpu, peak: total.usage.cpuPeak }),
    row('memory', usage.memoryBytes, sayBytes, {
      average: total.usage.memoryBytes,
      peak: total.usage.memoryPeakBytes,
      behind: ofLimit,
    }),
    row('network in', usage.receivedBytes, sayRate, { average: total.usage.receivedBytes }),
    row('network out', usage.sentBytes, sayRate, { average: total.usage.sentBytes }),
    row('disk read', usage.readBytes, sayRate, { average: total.usage.readBytes }),
    row('disk written', usage.writtenBytes, sayRate, { average: total.usage.writtenBytes }),
    row('processes', usage.pids, sayNumber, { average: null, peak: total.usage.pids }),
    ...(traffic === null
      ? []
      : [
          row('requests', traffic.requests, sayPerSecond, { average: total.traffic?.requests ?? null }),
          row('errors (5xx)', traffic.serverErrors, sayPerSecond, {
            average: total.traffic?.serverErrors ?? null,
          }),
        ]),
  ].flatMap((each) => each ?? [])
  const { restarts } = total.usage
  return restarts ? [...rows, { name: 'restarts', now: '', average: '', peak: sayNumber(restarts) }] : rows
}

function row(
  name: string,
  column: Column,
  say: (value: number | null) => string,
  whole: { average: number | null; peak?: number | null; behind?: string },
): FigureRow | null {
  const known = column.filter((value) => value !== null)
  const now = known.at(-1)
  if (now === undefined) return null
  const peak = whole.peak ?? Math.max(...known)
  return { name, now: say(now), average: say(whole.average), peak: `${say(peak)}${whole.behind ?? ''}` }
}

/** `12 %` of one core, `230 %` of several. */
export function sayCores(cores: number | null): string {
  return sayPercent(cores)
}

export function sayPercent(part: number | null): string {
  if (part === null) return '–'
  const percent = part * 100
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`
}

export function sayMs(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

export function sayNumber(value: number | null): string {
  if (value === null) return '–'
  return value > 0 && value < 9.95 && !Number.isInteger(value)
    ? value.toFixed(1)
    : Math.round(value).toLocaleString('en')
}

function sayPerSecond(value: number | null): string {
  return value === null ? '–' : `${sayNumber(value)}/s`
}

function sayBytes(count: number | null): string {
  return count === null ? '–' : bytes(count)
}

function sayRate(count: number | null): string {
  return count === null ? '–' : `${bytes(count)}/s`
}

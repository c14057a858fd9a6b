import type { PlotRange } from './plot.ts'
import { type Resolution, resolutionFor, startOf } from './resolutions.ts'

/** Which figures show a time in at most so many steps. They begin at multiples of their length, so that two plots of one time show the same. */
export function plotRange(
  query: { from: number; to: number; points: number },
  now: number,
): { resolution: Resolution; range: PlotRange } {
  const resolution = resolutionFor(now - query.from, (query.to - query.from) / query.points)
  const wanted = Math.ceil((query.to - query.from) / query.points / resolution.stepMs)
  const stepMs = Math.max(1, wanted) * resolution.stepMs
  return { resolution, range: { from: startOf(query.from, stepMs), to: query.to, stepMs } }
}

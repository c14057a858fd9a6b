import { z } from 'zod'
import { type MetricsFiles, machineSeries } from './metrics-files.ts'
import { plotApp } from './plot.ts'
import { plotRange } from './plot-range.ts'

/** What came for many apps, in few words: for a line each in a list. `points`: at most so many steps. */
export const trafficQueryShape = z.object({
  appIds: z.array(z.uuid()).max(1_000),
  from: z.int().min(0),
  to: z.int().min(0),
  points: z.int().min(1).max(120),
})
export type TrafficQuery = z.output<typeof trafficQueryShape>

const rates = z.array(z.number().nullable())

export const trafficLinesShape = z.object({
  from: z.number(),
  stepMs: z.number(),
  apps: z.array(
    z.object({
      appId: z.string(),
      /** A second, one value a step; null: nothing is known of that time. */
      requests: rates,
      serverErrors: rates,
      /** In all that time, answers of the app's fault among them; null: nothing is known. */
      total: z.object({ requests: z.number().nullable(), serverErrors: z.number().nullable() }),
    }),
  ),
})
export type TrafficLines = z.output<typeof trafficLinesShape>

export function readTraffic(files: MetricsFiles, query: TrafficQuery, now = Date.now()): TrafficLines {
  const { resolution, range } = plotRange(query, now)
  const alive = files.usage(machineSeries, resolution, range)
  const apps = query.appIds.map((appId) => {
    const slots = files.traffic(appId, resolution, range)
    const { traffic, total } = plotApp({ alive, instances: [], traffic: slots }, range)
    const serverErrors = slots.reduce((sum, { value }) => sum + value.statuses[4], 0)
    return {
      appId,
      requests: traffic?.requests ?? [],
      serverErrors: traffic?.serverErrors ?? [],
      total: { requests: total.requests, serverErrors: total.requests === null ? null : serverErrors },
    }
  })
  return { from: range.from, stepMs: range.stepMs, apps }
}

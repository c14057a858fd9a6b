import { type MetricsFiles, machineSeries } from './metrics-files.ts'
import { type Plot, plotApp, plotInstance } from './plot.ts'
import { resolutionFor, startOf } from './resolutions.ts'

/** `points`: at most so many steps. `instance`: web.1; null: the whole app, with its traffic. */
export type PlotQuery = { instance: string | null; from: number; to: number; points: number }

/** In steps that begin at multiples of their length, so that two plots of one time show the same. */
export async function readPlot(
  files: MetricsFiles,
  owner: { appId: string } | 'machine',
  query: PlotQuery,
  now = Date.now(),
): Promise<Plot> {
  const resolution = resolutionFor(now - query.from, (query.to - query.from) / query.points)
  const wanted = Math.ceil((query.to - query.from) / query.points / resolution.stepMs)
  const stepMs = Math.max(1, wanted) * resolution.stepMs
  const range = { from: startOf(query.from, stepMs), to: query.to, stepMs }
  if (owner === 'machine') return plotInstance(files.usage(machineSeries, resolution, range), range)
  const { appId } = owner
  if (query.instance !== null)
    return plotInstance(files.usage({ owner: appId, name: query.instance }, resolution, range), range)
  const names = await files.instances(appId)
  return plotApp(
    {
      alive: files.usage(machineSeries, resolution, range),
      instances: names.map((name) => files.usage({ owner: appId, name }, resolution, range)),
      traffic: files.traffic(appId, resolution, range),
    },
    range,
  )
}

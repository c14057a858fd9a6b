import { type MetricsFiles, machineSeries } from './metrics-files.ts'
import { type Plot, plotApp, plotInstance } from './plot.ts'
import { plotRange } from './plot-range.ts'

/**
 * `points`: at most so many steps. `instance`: web.1, `process`: every web; both null: the whole app. Traffic belongs to the
 * app, and to `web`, which alone gets any.
 */
export type PlotQuery = {
  instance: string | null
  process: string | null
  from: number
  to: number
  points: number
}

export async function readPlot(
  files: MetricsFiles,
  owner: { appId: string } | 'machine',
  query: PlotQuery,
  now = Date.now(),
): Promise<Plot> {
  const { resolution, range } = plotRange(query, now)
  if (owner === 'machine') return plotInstance(files.usage(machineSeries, resolution, range), range)
  const { appId } = owner
  if (query.instance !== null)
    return plotInstance(files.usage({ owner: appId, name: query.instance }, resolution, range), range)
  const { process } = query
  const all = await files.instances(appId)
  const names = process === null ? all : all.filter((name) => name.startsWith(`${process}.`))
  const plot = plotApp(
    {
      alive: files.usage(machineSeries, resolution, range),
      instances: names.map((name) => files.usage({ owner: appId, name }, resolution, range)),
      traffic: files.traffic(appId, resolution, range),
    },
    range,
  )
  return process === null || process === 'web' ? plot : withoutTraffic(plot)
}

function withoutTraffic(plot: Plot): Plot {
  return { ...plot, traffic: null, total: { ...plot.total, traffic: null, requests: null } }
}

import { isDeploymentOver } from '@berth/domain'
import type { Plot } from '@berth/observe'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, ownProcedure, router } from '../procedure.ts'
import { visibleApps } from '../visible-apps.ts'

/** Columns begin at `from`, a step apart; null: nothing is known of that time. Rates are per second. */
export type MetricsView = Omit<Plot, 'from'> & {
  from: string
  /** When releases went live in that time, oldest first. */
  releases: { version: number; at: string; deployment: string }[]
}

/** An app as one line of a list: what it used and got over the last minutes. */
export type AppUsageView = { app: string; total: Plot['total'] }

const hourMs = 60 * 60_000
/** As long as the coarsest figures are kept. */
const mostMs = 31 * 24 * 60 * 60_000
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const instance = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}\.\d{1,5}$/)
  .nullable()
  .default(null)
const processType = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/)
  .nullable()
  .default(null)
/** So many deployments are looked at for marks. */
const recentDeployments = 500

export const metricsRouter = router({
  /** Of an app, one process type or one instance of it, in at most `points` steps; the last hour unless said otherwise. */
  read: appProcedure('app.view')
    .input(
      appInput.extend({
        instance,
        process: processType,
        from: moment.default(() => Date.now() - hourMs),
        to: moment.default(() => Date.now()),
        points: z.int().min(1).max(1_000).default(120),
      }),
    )
    .query(async ({ ctx, input }): Promise<MetricsView> => {
      const { from, to } = input
      if (to <= from || to - from > mostMs)
        throw apiError['API.BAD_INPUT']({ problem: 'the time must end after it begins, within 31 days' })
      const { app, instance: of, ...range } = input
      const [plot, releases] = await Promise.all([
        ctx.live.plot(ctx.app.id, { instance: of, ...range }),
        releasesIn(ctx, ctx.app.id, { from, to }),
      ])
      return { ...plot, from: new Date(plot.from).toISOString(), releases }
    }),

  /** Every app of one's teams, over the last so many minutes, by name. */
  list: ownProcedure
    .input(z.object({ minutes: z.int().min(1).max(1_440).default(5) }))
    .query(async ({ ctx, input }): Promise<AppUsageView[]> => {
      const { apps } = await visibleApps(ctx)
      const to = Date.now()
      const query = { instance: null, process: null, from: to - input.minutes * 60_000, to, points: 1 }
      const lines: AppUsageView[] = []
      for (const { id, name } of apps)
        lines.push({ app: name, total: (await ctx.live.plot(id, query)).total })
      return lines
    }),
})

async function releasesIn(
  { stores }: ApiContext,
  appId: string,
  { from, to }: { from: number; to: number },
): Promise<MetricsView['releases']> {
  const deployments = await stores.deployments.list(appId, recentDeployments)
  const inTime = deployments.filter(({ state, finishedAt }) => {
    const wentLive = isDeploymentOver(state) && state !== 'failed' && state !== 'cancelled'
    const at = finishedAt?.getTime() ?? 0
    return wentLive && at >= from && at < to
  })
  if (inTime.length === 0) return []
  const versions = new Map(
    (await stores.releases.list(appId, recentDeployments)).map(({ id, version }) => [id, version]),
  )
  return inTime
    .flatMap(({ id, releaseId, finishedAt }) => {
      const version = versions.get(releaseId)
      if (version === undefined || finishedAt === null) return []
      return [{ version, at: finishedAt.toISOString(), deployment: id }]
    })
    .reverse()
}

import type { Death, InstanceView } from '@berth/observe'
import { z } from 'zod'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { readInstances } from '../read-app.ts'

/** An end of an instance that nobody asked for; times in ISO 8601. */
export type DeathView = Omit<Death, 'appId' | 'startedAt' | 'endedAt' | 'lastLines'> & {
  startedAt: string | null
  endedAt: string
  /** Null: not known. */
  ranMs: number | null
  lastLines: string[]
}

export const instancesRouter = router({
  /** What really runs. Null: the worker does not answer at the moment. */
  list: appProcedure('app.view').query(
    ({ ctx }): Promise<InstanceView[] | null> => readInstances(ctx, ctx.app.id),
  ),

  /** Crashes and their like, the newest first. */
  deaths: appProcedure('app.logs')
    .input(appInput.extend({ limit: z.number().int().min(1).max(200).default(20) }))
    .query(
      async ({ ctx, input }): Promise<DeathView[]> =>
        (await ctx.stores.deaths.list(ctx.app.id, input.limit)).map(deathView),
    ),

  /** One of them, by its id or the beginning of it. */
  death: appProcedure('app.logs')
    .input(appInput.extend({ id: z.string().max(100) }))
    .query(async ({ ctx, input }): Promise<DeathView> => {
      const death = await ctx.stores.deaths.find(ctx.app.id, input.id.toLowerCase())
      if (death === null) throw apiError['CRASH.NOT_FOUND']({ id: input.id })
      return deathView(death)
    }),
})

function deathView({ appId: _, startedAt, endedAt, lastLines, ...death }: Death): DeathView {
  return {
    ...death,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt.toISOString(),
    ranMs: startedAt === null ? null : Math.max(0, endedAt.getTime() - startedAt.getTime()),
    lastLines: [...lastLines],
  }
}

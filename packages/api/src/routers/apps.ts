import { parseAppName } from '@berth/domain'
import { may } from '@berth/people'
import { z } from 'zod'
import { apiError } from '../errors.ts'
import { gitRemotes } from '../instructions.ts'
import { actorOf, appInput, appProcedure, ownProcedure, router, teamProcedure } from '../procedure.ts'
import { readApp } from '../read-app.ts'
import type { AppView } from '../views.ts'

export type AppDetail = AppView & { remotes: { ssh: string; http: string } }

export const appsRouter = router({
  /** The apps of one's teams, by name. */
  list: ownProcedure.query(async ({ ctx }): Promise<AppView[]> => {
    const actor = await actorOf(ctx)
    const visible = actor.memberships.filter(({ teamId }) => may(actor, 'app.list', { teamId }))
    const apps = await ctx.stores.apps.listForTeams(visible.map(({ teamId }) => teamId))
    const views = await Promise.all(apps.map((app) => readApp(ctx, app)))
    return views.sort((one, other) => one.name.localeCompare(other.name))
  }),

  get: appProcedure('app.view').query(async ({ ctx }): Promise<AppDetail> => {
    return { ...(await readApp(ctx, ctx.app)), remotes: gitRemotes(ctx.settings, ctx.app.name) }
  }),

  /** Also starts the first of one's teams with it. @throws NAME.INVALID, NAME.RESERVED, APP.NAME_TAKEN */
  create: teamProcedure
    .input(z.object({ name: z.string().max(2000) }))
    .mutation(async ({ ctx, input }): Promise<AppDetail> => {
      const app = await ctx.stores.apps.create({ name: parseAppName(input.name), teamId: ctx.teamId })
      return { ...(await readApp(ctx, app)), remotes: gitRemotes(ctx.settings, app.name) }
    }),

  /** Stops and removes everything of the app, in the background. The name is asked for once more. */
  remove: appProcedure('app.remove')
    .input(appInput.extend({ confirmedName: z.string().max(200) }))
    .mutation(async ({ ctx, input }): Promise<{ removing: true }> => {
      if (input.confirmedName !== ctx.app.name) throw apiError['APP.NAME_DIFFERS']({ name: ctx.app.name })
      await ctx.queue.add('remove-app', { appId: ctx.app.id })
      return { removing: true }
    }),
})

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
    const apps = await ctx.stores.apps.listForTeams(actor.memberships.map(({ teamId }) => teamId))
    const visible = apps.filter((app) => may(actor, 'app.list', app))
    const views = await Promise.all(visible.map((app) => readApp(ctx, app)))
    return views.sort((one, other) => one.name.localeCompare(other.name))
  }),

  get: appProcedure('app.view').query(async ({ ctx }): Promise<AppDetail> => {
    return { ...(await readApp(ctx, ctx.app)), remotes: gitRemotes(ctx.settings, ctx.app.name) }
  }),

  /** In the team that is said, or the first of one's own. @throws NAME.INVALID, NAME.RESERVED, APP.NAME_TAKEN */
  create: teamProcedure
    .input(z.object({ name: z.string().max(2000) }))
    .mutation(async ({ ctx, input }): Promise<AppDetail> => {
      const app = await ctx.stores.apps.create({ name: parseAppName(input.name), teamId: ctx.teamId })
      return { ...(await readApp(ctx, app)), remotes: gitRemotes(ctx.settings, app.name) }
    }),

  /** While it is locked nothing new is deployed. @throws APP.LOCKED_ALREADY */
  lock: appProcedure('app.cancel')
    .input(appInput.extend({ reason: z.string().trim().min(1).max(200).nullable().default(null) }))
    .mutation(async ({ ctx, input }): Promise<{ locked: true }> => {
      const lock = { at: new Date(), byId: ctx.person.id, reason: input.reason }
      ctx.change.after = { locked: input.reason ?? true }
      if (!(await ctx.stores.apps.setLock(ctx.app.id, lock)))
        throw apiError['APP.LOCKED_ALREADY']({ app: ctx.app.name })
      return { locked: true }
    }),

  /** @throws APP.NOT_LOCKED */
  unlock: appProcedure('app.cancel').mutation(async ({ ctx }): Promise<{ locked: false }> => {
    ctx.change.before = { locked: ctx.app.lock?.reason ?? true }
    if (!(await ctx.stores.apps.setLock(ctx.app.id, null)))
      throw apiError['APP.NOT_LOCKED']({ app: ctx.app.name })
    return { locked: false }
  }),

  /** Its repository and everything else stays; where it answers by default changes. @throws NAME.INVALID, NAME.RESERVED, APP.NAME_TAKEN */
  rename: appProcedure('app.change')
    .input(appInput.extend({ name: z.string().max(2000) }))
    .mutation(async ({ ctx, input }): Promise<AppDetail> => {
      const name = parseAppName(input.name)
      ctx.change.before = { name: ctx.app.name }
      ctx.change.after = { name }
      await ctx.stores.apps.rename(ctx.app.id, name)
      await ctx.queue.add('converge-app', { appId: ctx.app.id })
      const renamed = { ...ctx.app, name }
      return { ...(await readApp(ctx, renamed)), remotes: gitRemotes(ctx.settings, name) }
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

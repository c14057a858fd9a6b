import { type App, appUrl, parseAppName } from '@berth/domain'
import { type Action, allowedOn, may } from '@berth/people'
import { dashboardUrl } from '@berth/route/certificates/dashboard-url.ts'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { gitRemotes } from '../instructions.ts'
import {
  actorOf,
  appInput,
  appProcedure,
  ownProcedure,
  router,
  teamInput,
  teamOf,
  teamProcedure,
} from '../procedure.ts'
import { readApp } from '../read-app.ts'
import type { AppView } from '../views.ts'
import { visibleApps } from '../visible-apps.ts'

export type AppDetail = AppView & {
  remotes: { ssh: string; http: string }
  /** What the asking person may do to it. */
  can: Action[]
}

/** As git allows (git-check-ref-format), within what people type. */
const branch = z
  .string()
  .trim()
  .max(200)
  .regex(
    /^(?![-./])(?!.*(\.\.|\/\/|\/\.|\.lock(\/|$)))[\w./+-]+(?<![./])$/,
    'write a branch as git names it: main',
  )

export type AppName = { name: string; teamId: string; url: string }

export const appsRouter = router({
  /** The apps of the team that is said, or of all one's teams, by name. @throws TEAM.NOT_FOUND, TEAM.NOT_SAID */
  list: ownProcedure.input(teamInput.optional()).query(async ({ ctx, input }): Promise<AppView[]> => {
    const actor = await actorOf(ctx)
    const all = actor.memberships.map(({ teamId }) => teamId)
    const teamIds = input?.team === undefined ? all : [(await teamOf(ctx, actor, input.team)).id]
    const apps = await ctx.stores.apps.listForTeams(teamIds)
    const visible = apps.filter((app) => may(actor, 'app.list', app))
    const views = await Promise.all(visible.map((app) => readApp(ctx, app)))
    return views.sort((one, other) => one.name.localeCompare(other.name))
  }),

  /** What one of them is called and where it answers, for whoever looks one up: much less to read than the list. */
  names: ownProcedure.query(async ({ ctx }): Promise<AppName[]> => {
    const { apps } = await visibleApps(ctx)
    return apps.map(({ name, teamId }) => ({ name, teamId, url: appUrl(ctx.settings, name) }))
  }),

  get: appProcedure('app.view').query(async ({ ctx }): Promise<AppDetail> => {
    return await detailOf(ctx, ctx.app)
  }),

  /** In the team that is said, or the first of one's own. @throws NAME.INVALID, NAME.RESERVED, APP.NAME_TAKEN */
  create: teamProcedure
    .input(z.object({ name: z.string().max(2000) }))
    .mutation(async ({ ctx, input }): Promise<AppDetail> => {
      const app = await ctx.stores.apps.create({ name: parseAppName(input.name), teamId: ctx.teamId })
      ctx.change.app = app
      return await detailOf(ctx, app)
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
      return await detailOf(ctx, { ...ctx.app, name })
    }),

  /** The branch whose pushes deploy from now on; nothing is deployed by this. */
  setBranch: appProcedure('app.change')
    .input(appInput.extend({ branch }))
    .mutation(async ({ ctx, input }): Promise<{ branch: string }> => {
      ctx.change.before = { branch: ctx.app.deployBranch }
      ctx.change.after = { branch: input.branch }
      await ctx.stores.apps.setDeployBranch(ctx.app.id, input.branch)
      return { branch: input.branch }
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

async function detailOf(ctx: Parameters<typeof actorOf>[0] & ApiContext, app: App): Promise<AppDetail> {
  const [view, actor, url] = await Promise.all([
    readApp(ctx, app),
    actorOf(ctx),
    dashboardUrl(ctx.settings, ctx.stores.certificates),
  ])
  return { ...view, remotes: gitRemotes(ctx.settings, url, app.name), can: allowedOn(actor, app) }
}

import { type App, type Member, type Person, parseAppName } from '@berth/domain'
import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import type { ApiContext } from './context.ts'
import { apiError } from './errors.ts'
import type { AppPermission, Permission } from './permissions.ts'
import { readRecord } from './read-record.ts'
import { formatError, toTrpcError } from './translate-errors.ts'

/**
 * How every procedure is made. Each names its permission in its meta and goes through the one guard below, which
 * refuses whatever names none. What a person may not see is NOT_FOUND, so that names cannot be tried out; what they may
 * see but not do is FORBIDDEN.
 */
export type ProcedureMeta = { permission: Permission; object: 'none' | 'self' | 'team' | 'app' | 'stage' }

const trpc = initTRPC
  .context<ApiContext>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: formatError,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  })

export const { router, createCallerFactory } = trpc

const translated = trpc.procedure.use(async ({ next }) => {
  const result = await next()
  if (!result.ok) throw toTrpcError(result.error)
  return result
})

const guarded = translated.use(async ({ ctx, meta, next }) => {
  if (meta?.permission === 'public') return next()
  if (ctx.person === null) throw apiError['API.SIGNED_OUT']()
  if (meta === undefined) throw apiError['API.NOT_ALLOWED']()
  return next()
})

const signedIn = guarded.use(({ ctx, next }) => next({ ctx: { ...ctx, person: ctx.person as Person } }))

/** For anyone. */
export const publicProcedure = guarded.meta({ permission: 'public', object: 'none' })

/** For a signed-in person, on what is theirs alone. The body must not touch another's. */
export const ownProcedure = signedIn.meta({ permission: 'own', object: 'self' })

/** For the people of a team that may make apps in it; picks the team. */
export const teamProcedure = signedIn
  .meta({ permission: 'app.create', object: 'team' })
  .use(async ({ ctx, next }) => {
    const memberships = await ctx.stores.people.memberships(ctx.person.id)
    if (memberships.length === 0) throw apiError['API.NO_TEAM']()
    const member = memberships.find(({ role }) => ctx.mayInTeam(role, 'app.create'))
    if (!member) throw apiError['API.NOT_ALLOWED']()
    return next({ ctx: { ...ctx, teamId: member.teamId } })
  })

/** Not parsed as a strict name: a name that cannot be is one that is not found. */
export const appInput = z.object({ app: z.string().max(200) })

/** For the people of the app's team: `{ app: 'name' }` becomes `ctx.app`. */
export const appProcedure = (permission: AppPermission) =>
  signedIn
    .meta({ permission, object: 'app' })
    .input(appInput)
    .use(async ({ ctx, input, next }) => {
      const app = await appByName(ctx, input.app)
      await requirePermission(ctx, app, permission)
      return next({ ctx: { ...ctx, app: app as App } })
    })

export const stageInput = z.object({ id: z.uuid() })

/** For the people of the team whose app the build or deployment belongs to: `{ id }` becomes `ctx.app`. */
export const stageProcedure = (permission: AppPermission) =>
  signedIn
    .meta({ permission, object: 'stage' })
    .input(stageInput)
    .use(async ({ ctx, input, next }) => {
      const app = await appOfStage(ctx, input.id)
      await requirePermission(ctx, app, permission, 'stage')
      return next({ ctx: { ...ctx, app: app as App } })
    })

type Asker = ApiContext & { person: Person }

async function requirePermission(
  ctx: Asker,
  app: App | null,
  permission: AppPermission,
  what: 'app' | 'stage' = 'app',
) {
  const member = app && (await membership(ctx, app.teamId))
  if (!app || !member || !ctx.mayInTeam(member.role, 'app.view')) {
    throw what === 'app'
      ? apiError['APP.NOT_FOUND']({ name: app?.name ?? '' })
      : apiError['DEPLOYMENT.NOT_FOUND']()
  }
  if (!ctx.mayInTeam(member.role, permission)) throw apiError['API.NOT_ALLOWED']()
}

async function membership(ctx: Asker, teamId: string): Promise<Member | undefined> {
  const memberships = await ctx.stores.people.memberships(ctx.person.id)
  return memberships.find((member) => member.teamId === teamId)
}

async function appByName(ctx: ApiContext, given: string): Promise<App> {
  const name = readName(given)
  const app = name && (await ctx.stores.apps.byName(name))
  if (!app) throw apiError['APP.NOT_FOUND']({ name: given })
  return app
}

function readName(given: string) {
  try {
    return parseAppName(given)
  } catch {
    // What is no name is no app's name.
    return null
  }
}

async function appOfStage(ctx: ApiContext, id: string): Promise<App | null> {
  const build = await readRecord(() => ctx.stores.builds.get(id))
  const stage = build ?? (await readRecord(() => ctx.stores.deployments.get(id)))
  return stage && ctx.stores.apps.get(stage.appId)
}

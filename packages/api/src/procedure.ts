import { type App, type Person, parseAppName, type Team } from '@berth/domain'
import {
  type Action,
  type Actor,
  actorOf as actorIn,
  may,
  mayOwn,
  type Shown,
  type TeamObject,
} from '@berth/people'
import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { type AuditRecord, openAuditRecord, type Subject } from './audit-record.ts'
import type { ApiContext } from './context.ts'
import { apiError } from './errors.ts'
import type { Permission } from './permissions.ts'
import { readRecord } from './read-record.ts'
import { formatError, toTrpcError } from './translate-errors.ts'
import { whileAllowed } from './while-allowed.ts'

/**
 * How every procedure is made. Each names its permission in its meta and goes through the one guard below, which
 * refuses whatever names none. What a person may not see is NOT_FOUND, so that names cannot be tried out; what they may
 * see but not do is FORBIDDEN. Every mutation is in the audit log before its body begins (audit-record.ts), and so is whatever
 * reads an app's secrets.
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

/** To read these is worth an entry in the audit log, as a change is. */
const readsSecrets: Permission = 'app.configuration.read'

/** Around every mutation. Calls of one batch share their context; what one of them changed is its own. */
const recorded = translated.use(async ({ ctx, type, path, meta, next }) => {
  if (type !== 'mutation' && meta?.permission !== readsSecrets)
    return next({ ctx: { record: null as AuditRecord | null } })
  const own: ApiContext = { ...ctx, change: {} }
  const record = openAuditRecord(own, path)
  const result = await next({ ctx: { ...own, record: record as AuditRecord | null } })
  await record.end(result.ok ? null : result.error)
  return result
})

const guarded = recorded.use(async ({ ctx, meta, next }) => {
  if (meta?.permission === 'public') return next()
  if (ctx.person === null) throw apiError['API.SIGNED_OUT']()
  if (meta === undefined) throw apiError['API.NOT_ALLOWED']()
  return next()
})

const signedIn = guarded.use(({ ctx, next }) => next({ ctx: { ...ctx, person: ctx.person as Person } }))

/** The last thing before the body of a mutation: it is written down, or it does not begin. */
const beginRecord = trpc.middleware(async ({ ctx, next }) => {
  const { record, ...subject } = ctx as { record?: AuditRecord | null } & Subject
  await record?.begin(subject)
  return next()
})

/** How often it is looked whether a stream's asker may still have it. */
const lookAgainMs = 20_000

type Streaming = ApiContext & { person: Person; assertAllowed: () => Promise<void> }

/**
 * A stream ends when its asker loses the permission, or the token or session that they came with. Its body takes
 * `ctx.signal`, which is aborted then, or when the asker goes away.
 */
const endWithPermission = trpc.middleware(async ({ ctx, type, signal, next }) => {
  if (type !== 'subscription') return next({ ctx: { signal } })
  const ended = new AbortController()
  const both = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
  const result = await next({ ctx: { signal: both as AbortSignal | undefined } })
  if (!result.ok) return result
  const asker = ctx as Streaming
  const assertStill = async () => {
    await assertStillIn(asker)
    await asker.assertAllowed()
  }
  const options = { everyMs: lookAgainMs, stop: () => ended.abort() }
  return { ...result, data: whileAllowed(result.data as AsyncIterable<unknown>, assertStill, options) }
})

async function assertStillIn({ stores: { people }, person, token, session }: Streaming): Promise<void> {
  const isThere =
    token !== null
      ? (await people.tokens(person.id)).some(({ id, expiresAt }) => id === token.id && !isPast(expiresAt))
      : session === null || (await people.sessions(person.id)).some(({ id }) => id === session.id)
  if (!isThere) throw apiError['API.SIGNED_OUT']()
}

function isPast(time: Date | null): boolean {
  return time !== null && time <= new Date()
}

/** For anyone. */
export const publicProcedure = guarded.meta({ permission: 'public', object: 'none' }).use(beginRecord)

/** For a signed-in person, on what is theirs alone. The body must not touch another's. */
export const ownProcedure = signedIn
  .meta({ permission: 'own', object: 'self' })
  .use(({ ctx, type, next }) => {
    if (!mayOwn({ scope: ctx.token }, type === 'mutation' ? 'change' : 'look'))
      throw apiError['TOKEN.SCOPE']()
    return next()
  })
  .use(beginRecord)

/** A stream of what is one's own: it ends with the session or token that it was asked with. */
export const ownStream = ownProcedure
  .use(({ ctx, next }) => next({ ctx: { ...ctx, assertAllowed: async () => undefined } }))
  .use(endWithPermission)

/** For the people of a team that may make apps in it; the one that is said, or the first of one's own. */
export const teamProcedure = signedIn
  .meta({ permission: 'app.create', object: 'team' })
  .input(z.object({ team: z.string().max(200).optional() }))
  .use(async ({ ctx, input, next }) => {
    const actor = await actorOf(ctx)
    const [first] = actor.memberships
    if (first === undefined) throw apiError['API.NO_TEAM']()
    const able = actor.memberships.find(({ teamId }) => may(actor, 'app.create', { teamId }))
    const teamId = input.team === undefined ? able?.teamId : (await teamOf(ctx, actor, input.team)).id
    requireOn(actor, 'app.create', { teamId: teamId ?? first.teamId }, () => apiError['API.NO_TEAM']())
    return next({ ctx: { ...ctx, teamId: teamId ?? first.teamId } })
  })
  .use(beginRecord)

/** About the machine, which is no team's: for who may it in any of their teams. */
export const machineProcedure = (permission: Action) =>
  signedIn
    .meta({ permission, object: 'none' })
    .use(async ({ ctx, next }) => {
      const actor = await actorOf(ctx)
      const isAllowed = (as: Actor) => as.memberships.some(({ teamId }) => may(as, permission, { teamId }))
      if (isAllowed(actor)) return next({ ctx })
      throw isAllowed({ ...actor, scope: null }) ? apiError['TOKEN.SCOPE']() : apiError['API.NOT_ALLOWED']()
    })
    .use(beginRecord)

/** A team is said by its id or name. */
export const teamInput = z.object({ team: z.string().max(200).optional() })

/** For the people of a team: `{ team: 'name' }`, or the one that they are in, becomes `ctx.team`. */
export const teamProcedureFor = (permission: Action) =>
  signedIn
    .meta({ permission, object: 'team' })
    .input(teamInput)
    .use(async ({ ctx, input, next }) => {
      const actor = await actorOf(ctx)
      const team = await teamOf(ctx, actor, input.team)
      requireOn(actor, permission, { teamId: team.id }, () => apiError['TEAM.NOT_FOUND']({ team: team.name }))
      return next({ ctx: { ...ctx, team } })
    })
    .use(beginRecord)

/** Not parsed as a strict name: a name that cannot be is one that is not found. */
export const appInput = z.object({ app: z.string().max(200) })

/** For the people of the app's team: `{ app: 'name' }` becomes `ctx.app`. */
export const appProcedure = (permission: Action) =>
  signedIn
    .meta({ permission, object: 'app' })
    .input(appInput)
    .use(async ({ ctx, input, next }) => {
      const app = await appByName(ctx, input.app)
      const notFound = () => apiError['APP.NOT_FOUND']({ name: input.app })
      const assertAllowed = () => requirePermission(ctx, app, permission, notFound)
      await assertAllowed()
      return next({ ctx: { ...ctx, app, assertAllowed } })
    })
    .use(beginRecord)
    .use(endWithPermission)

export const stageInput = z.object({ id: z.uuid() })

/** For the people of the team whose app the build or deployment belongs to: `{ id }` becomes `ctx.app`. */
export const stageProcedure = (permission: Action) =>
  signedIn
    .meta({ permission, object: 'stage' })
    .input(stageInput)
    .use(async ({ ctx, input, next }) => {
      const app = await appOfStage(ctx, input.id)
      if (!app) throw apiError['DEPLOYMENT.NOT_FOUND']()
      const notFound = () => apiError['DEPLOYMENT.NOT_FOUND']()
      const assertAllowed = () => requirePermission(ctx, app, permission, notFound)
      await assertAllowed()
      return next({ ctx: { ...ctx, app, assertAllowed } })
    })
    .use(beginRecord)
    .use(endWithPermission)

type Asker = Pick<ApiContext, 'stores' | 'token' | 'session'> & { person: Person }

/** Looked up anew for each call: a membership that was taken away counts from the next call on. */
export function actorOf(ctx: Asker): Promise<Actor> {
  return actorIn(ctx.stores.people, ctx.person.id, shownBy(ctx))
}

export function shownBy({ token, session }: Pick<ApiContext, 'token' | 'session'>): Shown {
  return token === null ? { session: { method: session?.method ?? null } } : { token }
}

/** Whoever may see it is told what is missing: the role, a token's scope, or what the team demands of its members. */
export function requireOn(actor: Actor, permission: Action, object: TeamObject, notFound: () => Error): void {
  if (may(actor, permission, object)) return
  const member = actor.memberships.find(({ teamId }) => teamId === object.teamId)
  if (member === undefined) throw notFound()
  if (member.barred === 'second-factor') throw apiError['TEAM.SECOND_FACTOR']()
  if (member.barred === 'sign-on') throw apiError['TEAM.SIGN_ON']()
  if (may({ ...actor, scope: null }, permission, object)) throw apiError['TOKEN.SCOPE']()
  throw apiError['API.NOT_ALLOWED']()
}

/** Among one's own teams alone: another's looks like none. */
export async function teamOf(ctx: Asker, actor: Actor, said: string | undefined): Promise<Team> {
  const own = await Promise.all(actor.memberships.map(({ teamId }) => ctx.stores.people.team(teamId)))
  const teams = own.filter((team) => team !== null)
  const byId = teams.filter(({ id }) => id === said)
  const meant = byId.length > 0 ? byId : teams.filter(({ name }) => said === undefined || name === said)
  const [team, ...more] = meant
  if (more.length > 0) throw apiError['TEAM.NOT_SAID']()
  if (team) return team
  throw said === undefined ? apiError['API.NO_TEAM']() : apiError['TEAM.NOT_FOUND']({ team: said })
}

async function requirePermission(
  ctx: Asker,
  app: App,
  permission: Action,
  notFound: () => Error,
): Promise<void> {
  requireOn(await actorOf(ctx), permission, app, notFound)
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

import type { ApiToken, SshKey, TokenScope } from '@berth/domain'
import { may, removeAccount, renameAccount } from '@berth/people'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { actorOf, ownProcedure, router, teamOf } from '../procedure.ts'
import { iso } from '../views.ts'

export type KeyView = {
  id: string
  name: string
  fingerprint: string
  createdAt: string
  lastUsedAt: string | null
}
export type TokenView = {
  id: string
  name: string
  prefix: string
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  scope: TokenScope
  /** The names of what it was narrowed to. */
  team: string | null
  app: string | null
}
export type SessionView = {
  id: string
  createdAt: string
  /** At most a day old. */
  lastUsedAt: string
  address: string | null
  /** The browser, as it calls itself. */
  userAgent: string | null
  method: string | null
  /** The one that asks. */
  current: boolean
}
export type WaysInView = {
  password: boolean
  /** A code is asked for behind the password. */
  authenticator: boolean
  passkeys: { id: string; name: string | null; createdAt: string | null }[]
  /** The names of the sign-on providers that know one. */
  providers: string[]
}
export type MeView = {
  id: string
  name: string
  email: string
  teams: { id: string; name: string; role: string }[]
}

const name = z.string().trim().min(1, 'give it a name').max(80)
const dayMs = 24 * 60 * 60 * 1000

const keysRouter = router({
  list: ownProcedure.query(async ({ ctx }): Promise<KeyView[]> => {
    return (await ctx.keys.list(ctx.person.id)).map(keyView)
  }),
  /** `publicKey` as in ~/.ssh/id_ed25519.pub. Without a name: its comment. @throws KEY.INVALID, KEY.PRIVATE, KEY.TAKEN */
  add: ownProcedure
    .input(z.object({ name: z.string().trim().max(80).default(''), publicKey: z.string().max(20_000) }))
    .mutation(async ({ ctx, input }): Promise<KeyView> => {
      const key = await ctx.keys.add(ctx.person.id, { name: input.name, line: input.publicKey })
      ctx.change.after = { name: key.name, fingerprint: key.fingerprint }
      return keyView(key)
    }),
  remove: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    const known = (await ctx.keys.list(ctx.person.id)).find(({ id }) => id === input.id)
    ctx.change.before = { name: known?.name, fingerprint: known?.fingerprint }
    if (!(await ctx.keys.remove(ctx.person.id, input.id))) throw apiError['KEY.NOT_FOUND']()
  }),
})

const tokensRouter = router({
  list: ownProcedure.query(async ({ ctx }): Promise<TokenView[]> => {
    return await Promise.all((await ctx.tokens.list(ctx.person.id)).map((token) => tokenView(ctx, token)))
  }),
  /** The token is in this answer and nowhere else. `app` or `team`: it counts for that alone. */
  create: ownProcedure
    .input(
      z.object({
        name,
        expiresInDays: z.number().int().min(1).max(3650).nullable().default(null),
        scope: z.enum(['read', 'deploy', 'admin']).default('admin'),
        app: z.string().max(200).optional(),
        team: z.string().max(200).optional(),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<{ token: string; record: TokenView }> => {
      const { expiresInDays, scope } = input
      const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * dayMs)
      const narrowed = await narrowing(ctx, input)
      ctx.change.after = { name: input.name, scope, app: input.app, team: input.team, expiresInDays }
      const made = await ctx.tokens.create(ctx.person.id, {
        ...{ name: input.name, expiresAt, scope },
        ...narrowed,
      })
      return { token: made.secret, record: await tokenView(ctx, made.token) }
    }),
  revoke: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    const known = (await ctx.tokens.list(ctx.person.id)).find(({ id }) => id === input.id)
    ctx.change.before = { name: known?.name, prefix: known?.prefix, scope: known?.scope }
    if (!(await ctx.tokens.revoke(ctx.person.id, input.id))) throw apiError['TOKEN.NOT_FOUND']()
  }),
})

const sessionsRouter = router({
  /** Where one is signed in with a browser. */
  list: ownProcedure.query(async ({ ctx }): Promise<SessionView[]> => {
    const sessions = await ctx.stores.people.sessions(ctx.person.id)
    return sessions.map(({ createdAt, lastUsedAt, ...session }) => ({
      ...session,
      ...{ createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt.toISOString() },
      current: session.id === ctx.session?.id,
    }))
  }),
  /** @throws SESSION.NOT_FOUND */
  revoke: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }): Promise<void> => {
    if (!(await ctx.stores.people.endSession(ctx.person.id, input.id))) throw apiError['SESSION.NOT_FOUND']()
  }),
  /** All but the one that asks. */
  revokeOthers: ownProcedure.mutation(async ({ ctx }): Promise<{ ended: number }> => {
    const ended = await ctx.stores.people.endSessions(ctx.person.id, ctx.session?.id ?? null)
    ctx.change.after = { ended }
    return { ended }
  }),
})

export const peopleRouter = router({
  me: ownProcedure.query(async ({ ctx }): Promise<MeView> => {
    const { people } = ctx.stores
    const memberships = await people.memberships(ctx.person.id)
    const teams = await Promise.all(
      memberships.map(async ({ teamId, role }) => ({
        id: teamId,
        name: (await people.team(teamId))?.name ?? '',
        role,
      })),
    )
    const { id, name, email } = ctx.person
    return { id, name, email, teams }
  }),

  /** How one can sign in. */
  waysIn: ownProcedure.query(async ({ ctx }): Promise<WaysInView> => {
    const { passkeys, providerIds, ...ways } = await ctx.stores.people.waysIn(ctx.person.id)
    const known = providerIds.length === 0 ? [] : await ctx.signOn.list()
    return {
      ...ways,
      passkeys: passkeys.map(({ id, name, createdAt }) => ({ id, name, createdAt: iso(createdAt) })),
      providers: known.filter(({ id }) => providerIds.includes(id)).map(({ name }) => name),
    }
  }),

  /** Where one is named from now on; what was written down before keeps the former name. @throws PEOPLE.INVALID */
  rename: ownProcedure
    .input(z.object({ name: z.string().max(80) }))
    .mutation(async ({ ctx, input }): Promise<{ name: string }> => {
      ctx.change.before = { name: ctx.person.name }
      const name = await renameAccount(ctx.stores.people, ctx.person.id, input.name)
      ctx.change.after = { name }
      return { name }
    }),

  /**
   * One's own account, with its sessions, keys and tokens; in a browser alone, so that no token that was lost takes its
   * owner's account along. The address is asked for once more. @throws ACCOUNT.EMAIL_DIFFERS, TOKEN.SCOPE, ACCOUNT.LAST_OWNER
   */
  remove: ownProcedure
    .input(z.object({ confirmedEmail: z.string().trim().max(300) }))
    .mutation(async ({ ctx, input }): Promise<{ removed: true }> => {
      const { id, email } = ctx.person
      if (input.confirmedEmail.toLowerCase() !== email) throw apiError['ACCOUNT.EMAIL_DIFFERS']({ email })
      if (ctx.token !== null) throw apiError['TOKEN.SCOPE']()
      ctx.change.before = { email }
      await removeAccount(ctx.stores.people, id)
      return { removed: true }
    }),
  keys: keysRouter,
  tokens: tokensRouter,
  sessions: sessionsRouter,
})

type Own = Parameters<typeof actorOf>[0] & Pick<ApiContext, 'stores'>

/** Among what the person can see: of the rest there is nothing to narrow a token to. */
async function narrowing(
  ctx: Own,
  { app: name, team }: { app?: string; team?: string },
): Promise<{ teamId: string | null; appId: string | null }> {
  const actor = await actorOf(ctx)
  const teamId = team === undefined ? null : (await teamOf(ctx, actor, team)).id
  if (name === undefined) return { teamId, appId: null }
  const apps = await ctx.stores.apps.listForTeams(actor.memberships.map((member) => member.teamId))
  const app = apps.find((one) => one.name === name && may(actor, 'app.view', one))
  if (app === undefined) throw apiError['APP.NOT_FOUND']({ name })
  return { teamId, appId: app.id }
}

function keyView({ id, name, fingerprint, createdAt, lastUsedAt }: SshKey): KeyView {
  return { id, name, fingerprint, createdAt: createdAt.toISOString(), lastUsedAt: iso(lastUsedAt) }
}

async function tokenView({ stores }: Pick<ApiContext, 'stores'>, token: ApiToken): Promise<TokenView> {
  const { id, name, prefix, createdAt, lastUsedAt, expiresAt, scope, teamId, appId } = token
  const times = { createdAt: createdAt.toISOString(), lastUsedAt: iso(lastUsedAt), expiresAt: iso(expiresAt) }
  const [team, app] = await Promise.all([
    teamId === null ? null : stores.people.team(teamId),
    appId === null ? null : stores.apps.get(appId),
  ])
  return { id, name, prefix, ...times, scope, team: team?.name ?? null, app: app?.name ?? null }
}

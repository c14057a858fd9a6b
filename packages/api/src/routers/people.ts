import type { ApiToken, SshKey } from '@berth/domain'
import { z } from 'zod'
import { apiError } from '../errors.ts'
import { ownProcedure, router } from '../procedure.ts'
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
      return keyView(await ctx.keys.add(ctx.person.id, { name: input.name, line: input.publicKey }))
    }),
  remove: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.keys.remove(ctx.person.id, input.id))) throw apiError['KEY.NOT_FOUND']()
  }),
})

const tokensRouter = router({
  list: ownProcedure.query(async ({ ctx }): Promise<TokenView[]> => {
    return (await ctx.tokens.list(ctx.person.id)).map(tokenView)
  }),
  /** The token is in this answer and nowhere else. */
  create: ownProcedure
    .input(z.object({ name, expiresInDays: z.number().int().min(1).max(3650).nullable().default(null) }))
    .mutation(async ({ ctx, input }): Promise<{ token: string; record: TokenView }> => {
      const { expiresInDays } = input
      const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * dayMs)
      const made = await ctx.tokens.create(ctx.person.id, { name: input.name, expiresAt })
      return { token: made.secret, record: tokenView(made.token) }
    }),
  revoke: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.tokens.revoke(ctx.person.id, input.id))) throw apiError['TOKEN.NOT_FOUND']()
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
  keys: keysRouter,
  tokens: tokensRouter,
})

function keyView({ id, name, fingerprint, createdAt, lastUsedAt }: SshKey): KeyView {
  return { id, name, fingerprint, createdAt: createdAt.toISOString(), lastUsedAt: iso(lastUsedAt) }
}

function tokenView({ id, name, prefix, createdAt, lastUsedAt, expiresAt }: ApiToken): TokenView {
  const times = { createdAt: createdAt.toISOString(), lastUsedAt: iso(lastUsedAt), expiresAt: iso(expiresAt) }
  return { id, name, prefix, ...times }
}

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
    return (await ctx.stores.people.keys(ctx.person.id)).map(keyView)
  }),
  /** `publicKey` as in ~/.ssh/id_ed25519.pub. @throws KEY.INVALID, KEY.TAKEN */
  add: ownProcedure
    .input(z.object({ name: z.string().trim().max(80).default(''), publicKey: z.string().max(20_000) }))
    .mutation(async ({ ctx, input }): Promise<KeyView> => {
      const named = { ...input, name: input.name || commentOf(input.publicKey) }
      return keyView(await ctx.credentials.addKey(ctx.person.id, named))
    }),
  remove: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.stores.people.removeKey(ctx.person.id, input.id))) throw apiError['KEY.NOT_FOUND']()
  }),
})

const tokensRouter = router({
  list: ownProcedure.query(async ({ ctx }): Promise<TokenView[]> => {
    return (await ctx.stores.people.tokens(ctx.person.id)).map(tokenView)
  }),
  /** The token is in this answer and nowhere else. */
  create: ownProcedure
    .input(z.object({ name, expiresInDays: z.number().int().min(1).max(3650).nullable().default(null) }))
    .mutation(async ({ ctx, input }): Promise<{ token: string; record: TokenView }> => {
      const { expiresInDays } = input
      const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * dayMs)
      const made = await ctx.credentials.createToken(ctx.person.id, { name: input.name, expiresAt })
      return { token: made.token, record: tokenView(made.record) }
    }),
  revoke: ownProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.stores.people.removeToken(ctx.person.id, input.id))) throw apiError['TOKEN.NOT_FOUND']()
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

/** What stands behind a public key is usually `person@machine`: a good name where none was given. */
function commentOf(publicKey: string): string {
  const [, , ...comment] = publicKey.trim().split(/\s+/)
  return comment.join(' ').slice(0, 80) || 'key'
}

import type { Role } from '@berth/domain'
import { may, mayGive, peopleError, roles } from '@berth/people'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { actorOf, ownProcedure, publicProcedure, router, teamInput, teamProcedureFor } from '../procedure.ts'

export type MemberView = {
  name: string
  email: string
  role: Role
  since: string
  /** Has an authenticator or a passkey. */
  secondFactor: boolean
  /** What the asking person may make of them; nothing: they may not take them out of the team either. */
  mayBecome: Role[]
}
export type MembersView = {
  members: MemberView[]
  invitations: InvitationView[]
  /** As what the asking person may invite somebody. */
  mayInviteAs: Role[]
}
export type InvitationView = {
  id: string
  email: string
  role: Role
  mailed: boolean
  /** Who invited; null: nobody that is known. */
  by: string | null
  createdAt: string
  expiresAt: string
}

const role = z.enum(roles as readonly [Role, ...Role[]])
const email = z.string().trim().max(300)
const token = z.string().max(200)

export const membersRouter = router({
  /** The members, and those who are asked to be. */
  list: teamProcedureFor('member.list').query(async ({ ctx }): Promise<MembersView> => {
    const { people } = ctx.stores
    const [members, waiting, given] = await Promise.all([
      people.members(ctx.team.id),
      people.invitations(ctx.team.id),
      giftsOf(ctx),
    ])
    return {
      mayInviteAs: given(null),
      members: members.map(({ person, role, since, factors }) => ({
        ...{ name: person.name, email: person.email, role, since: since.toISOString() },
        secondFactor: factors.code || factors.passkey,
        mayBecome: given(role),
      })),
      invitations: await Promise.all(
        waiting.map(async ({ id, email, role, mailed, invitedById, createdAt, expiresAt }) => ({
          ...{ id, email, role, mailed, by: await nameOf(ctx, invitedById) },
          ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
        })),
      ),
    }
  }),

  /** By mail; `link` is null then, and else what to pass on. @throws MEMBER.ALREADY, INVITATION.TOO_MANY, MAIL.… */
  invite: teamProcedureFor('member.change')
    .input(teamInput.extend({ email, role: role.default('developer') }))
    .mutation(async ({ ctx, input }): Promise<{ email: string; expiresAt: string; link: string | null }> => {
      await requireGift(ctx, { from: null, to: input.role })
      const { team, person: by } = ctx
      ctx.change.after = { email: input.email, role: input.role }
      const { invitation, link } = await ctx.invitations.invite({ ...input, team, by })
      return { email: invitation.email, expiresAt: invitation.expiresAt.toISOString(), link }
    }),

  /** @throws INVITATION.NOT_FOUND */
  revoke: teamProcedureFor('member.change')
    .input(teamInput.extend({ email }))
    .mutation(async ({ ctx, input }): Promise<void> => {
      const { people } = ctx.stores
      const wanted = input.email.toLowerCase()
      const waiting = (await people.invitations(ctx.team.id)).find((one) => one.email === wanted)
      ctx.change.before = { email: input.email, role: waiting?.role }
      const gone = waiting !== undefined && (await people.revokeInvitation(ctx.team.id, waiting.id))
      if (!gone) throw peopleError['INVITATION.NOT_FOUND']()
    }),

  /** @throws MEMBER.NOT_FOUND, MEMBER.ROLE_TOO_HIGH, MEMBER.LAST_OWNER */
  setRole: teamProcedureFor('member.change')
    .input(teamInput.extend({ email, role }))
    .mutation(async ({ ctx, input }): Promise<void> => {
      const member = await memberOf(ctx, input.email)
      await requireGift(ctx, { from: member.role, to: input.role })
      ctx.change.before = { email: member.person.email, role: member.role }
      ctx.change.after = { email: member.person.email, role: input.role }
      await changeMember(ctx, { ...member, email: input.email }, input.role)
    }),

  /** @throws MEMBER.NOT_FOUND, MEMBER.ROLE_TOO_HIGH, MEMBER.LAST_OWNER */
  remove: teamProcedureFor('member.change')
    .input(teamInput.extend({ email }))
    .mutation(async ({ ctx, input }): Promise<void> => {
      const member = await memberOf(ctx, input.email)
      await requireGift(ctx, { from: member.role, to: null })
      ctx.change.before = { email: member.person.email, role: member.role }
      await changeMember(ctx, { ...member, email: input.email }, null)
    }),

  /** One’s own place. @throws MEMBER.LAST_OWNER */
  leave: teamProcedureFor('team.leave').mutation(async ({ ctx }): Promise<{ team: string }> => {
    const { id: personId, email } = ctx.person
    ctx.change.before = { email }
    await changeMember(ctx, { personId, email }, null)
    return { team: ctx.team.name }
  }),

  /** For whoever has the link: what it invites to. @throws INVITATION.INVALID, .USED, .EXPIRED */
  invitation: publicProcedure
    .input(z.object({ token }))
    .query(async ({ ctx, input }): Promise<{ team: string; email: string; role: Role }> => {
      const { invitation, team } = await ctx.invitations.look(input.token)
      return { team: team.name, email: invitation.email, role: invitation.role }
    }),

  /** By somebody who has an account. @throws INVITATION.INVALID, .USED, .EXPIRED, .OTHER_ADDRESS */
  accept: ownProcedure
    .input(z.object({ token }))
    .mutation(async ({ ctx, input }): Promise<{ team: string; role: Role }> => {
      const { team, invitation } = await ctx.invitations.accept(input.token, ctx.person)
      ctx.change.team = team
      ctx.change.after = { email: ctx.person.email, role: invitation.role }
      return { team: team.name, role: invitation.role }
    }),
})

type OfTeam = Parameters<typeof actorOf>[0] & Pick<ApiContext, 'stores'> & { team: { id: string } }

/** The roles that the asking person may give to somebody who has this one; null: who is no member. */
async function giftsOf(ctx: OfTeam): Promise<(from: Role | null) => Role[]> {
  const actor = await actorOf(ctx)
  const own = actor.memberships.find(({ teamId }) => teamId === ctx.team.id)
  if (own === undefined || !may(actor, 'member.change', { teamId: ctx.team.id })) return () => []
  return (from) => roles.filter((to) => mayGive(own.role, { from, to }))
}

async function requireGift(ctx: OfTeam, change: { from: Role | null; to: Role | null }): Promise<void> {
  const { memberships } = await actorOf(ctx)
  const own = memberships.find(({ teamId }) => teamId === ctx.team.id)
  if (own === undefined || !mayGive(own.role, change)) throw apiError['MEMBER.ROLE_TOO_HIGH']()
}

async function memberOf({ stores, team }: OfTeam, given: string) {
  const wanted = given.toLowerCase()
  const member = (await stores.people.members(team.id)).find(({ person }) => person.email === wanted)
  if (member === undefined) throw peopleError['MEMBER.NOT_FOUND']({ email: given })
  return member
}

async function changeMember(
  { stores, team }: OfTeam,
  { personId, email }: { personId: string; email: string },
  role: Role | null,
): Promise<void> {
  const outcome = await stores.people.changeMember(team.id, personId, role)
  if (outcome === 'last-owner') throw peopleError['MEMBER.LAST_OWNER']()
  if (outcome === 'no-member') throw peopleError['MEMBER.NOT_FOUND']({ email })
}

async function nameOf({ stores }: Pick<ApiContext, 'stores'>, id: string | null): Promise<string | null> {
  return id === null ? null : ((await stores.people.person(id))?.name ?? null)
}

import type { Role, TeamDemands } from '@berth/domain'
import { type Action, allowedOn, barredBy, may, oneLine } from '@berth/people'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import {
  actorOf,
  appInput,
  appProcedure,
  ownProcedure,
  router,
  shownBy,
  teamInput,
  teamOf,
  teamProcedureFor,
} from '../procedure.ts'

export type TeamView = {
  id: string
  name: string
  role: Role
  /** What it asks of its members. `signOn`: the provider that they must sign in with. */
  demands: { secondFactor: boolean; signOn: string | null }
  /** Why you may do nothing in it at the moment. */
  barred: 'second-factor' | 'sign-on' | null
  /** What the asking person may do in it. */
  can: Action[]
}

/** A way to sign in that was set up at the machine. */
export type SignOnView = {
  name: string
  issuer: string
  /** Of the addresses that it vouches for. */
  domains: readonly string[]
  /** Who has no account yet becomes this in the team; null: they stay outside. */
  newMemberRole: Role | null
  /** False: everybody of the platform may use it. */
  ofThisTeam: boolean
}

const name = z
  .string()
  .max(200)
  .transform(oneLine)
  .refine((given) => given !== '', 'give it a name')

export const teamsRouter = router({
  /** One’s own, the oldest first. */
  list: ownProcedure.query(async ({ ctx }): Promise<TeamView[]> => {
    const actor = await actorOf(ctx)
    return await Promise.all(
      actor.memberships.map(async ({ teamId, role, barred = null }) => ({
        ...{ id: teamId, name: (await ctx.stores.people.team(teamId))?.name ?? '', role, barred },
        can: allowedOn(actor, { teamId }),
        demands: await demandsInWords(ctx, await ctx.stores.people.demands(teamId)),
      })),
    )
  }),

  /** For whoever runs a team already: a team is room on the machine. Who makes it owns it. */
  create: ownProcedure
    .input(z.object({ name }))
    .mutation(async ({ ctx, input }): Promise<{ id: string; name: string }> => {
      const actor = await actorOf(ctx)
      if (!actor.memberships.some(({ teamId }) => may(actor, 'team.create', { teamId })))
        throw apiError['API.NOT_ALLOWED']()
      const team = await ctx.stores.people.createTeam(input.name, ctx.person.id)
      ctx.change.team = team
      ctx.change.after = { name: team.name }
      return team
    }),

  rename: teamProcedureFor('team.change')
    .input(teamInput.extend({ name }))
    .mutation(async ({ ctx, input }): Promise<{ id: string; name: string }> => {
      ctx.change.before = { name: ctx.team.name }
      ctx.change.after = { name: input.name }
      await ctx.stores.people.renameTeam(ctx.team.id, input.name)
      return { id: ctx.team.id, name: input.name }
    }),

  /**
   * What members must have shown before they may do anything in the team. Whoever asks must have shown it themselves.
   * @throws TEAM.STRONGER_FIRST, SIGN_ON.NOT_FOUND
   */
  demand: teamProcedureFor('team.change')
    .input(
      teamInput.extend({
        secondFactor: z.boolean().optional(),
        /** A provider's name; null: any way in will do. */
        signOn: z.string().max(100).nullable().optional(),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<TeamView['demands']> => {
      const { people } = ctx.stores
      const before = await people.demands(ctx.team.id)
      const wanted = {
        secondFactor: input.secondFactor ?? before.secondFactor,
        providerId: input.signOn === undefined ? before.providerId : await providerId(ctx, input.signOn),
      }
      ctx.change.before = await demandsInWords(ctx, before)
      ctx.change.after = await demandsInWords(ctx, wanted)
      const self = (await people.members(ctx.team.id)).find(({ personId }) => personId === ctx.person.id)
      if (self === undefined || barredBy(wanted, self.factors, shownBy(ctx)) !== null)
        throw apiError['TEAM.STRONGER_FIRST']()
      await people.setDemands(ctx.team.id, wanted)
      return await demandsInWords(ctx, wanted)
    }),

  /** The providers that the team's people may sign in with: its own, and everybody's. */
  signOn: teamProcedureFor('team.view').query(async ({ ctx }): Promise<SignOnView[]> => {
    const known = await ctx.signOn.list()
    return known
      .filter(({ teamId }) => teamId === null || teamId === ctx.team.id)
      .map(({ name, issuer, domains, newMemberRole, teamId }) => ({
        ...{ name, issuer, domains, newMemberRole },
        ofThisTeam: teamId === ctx.team.id,
      }))
  }),

  /** Gives an app to another of one’s teams. Its owners lose it; what is kept by team (notifications, registries) stays. */
  transferApp: appProcedure('app.transfer')
    .input(appInput.extend({ to: z.string().max(200) }))
    .mutation(async ({ ctx, input }): Promise<{ team: string }> => {
      const actor = await actorOf(ctx)
      const to = await teamOf(ctx, actor, input.to)
      if (!may(actor, 'app.create', { teamId: to.id })) throw apiError['API.NOT_ALLOWED']()
      const from = await ctx.stores.people.team(ctx.app.teamId)
      ctx.change.before = { team: from?.name }
      ctx.change.after = { team: to.name }
      await ctx.stores.apps.transfer(ctx.app.id, to.id)
      return { team: to.name }
    }),
})

async function providerId(ctx: Pick<ApiContext, 'signOn'>, name: string | null): Promise<string | null> {
  if (name === null) return null
  const found = (await ctx.signOn.list()).find((one) => one.name === name)
  if (found === undefined) throw apiError['SIGN_ON.NOT_FOUND']({ name })
  return found.id
}

async function demandsInWords(
  ctx: Pick<ApiContext, 'signOn'>,
  { secondFactor, providerId: id }: TeamDemands,
): Promise<TeamView['demands']> {
  const known = id === null ? [] : await ctx.signOn.list()
  return { secondFactor, signOn: known.find((one) => one.id === id)?.name ?? null }
}

import { z } from 'zod'
import { router, teamProcedureFor } from '../procedure.ts'

/** Never the password, nor anything made of it. */
export type RegistryView = {
  host: string
  username: string
  createdAt: string
  /** Who set it; null: nobody that is known. */
  by: string | null
}

/** A team's accounts at registries, which its builds pull with. */
export const registriesRouter = router({
  list: teamProcedureFor('team.registries.view').query(async ({ ctx }): Promise<RegistryView[]> => {
    const known = await ctx.registryCredentials.list(ctx.team.id)
    return await Promise.all(
      known.map(async ({ host, username, createdAt, createdById }) => {
        const by = createdById === null ? null : await ctx.stores.people.person(createdById)
        return { host, username, createdAt: createdAt.toISOString(), by: by?.name ?? null }
      }),
    )
  }),

  /** In place of the one before. Answers with the host as images name it. @throws REGISTRY_ACCOUNT.INVALID, .TOO_MANY */
  set: teamProcedureFor('team.registries.change')
    .input(
      z.object({
        host: z.string().max(255),
        username: z.string().max(256),
        password: z.string().max(8_192),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<{ team: string; host: string }> => {
      const { host, username, password } = input
      const account = { host, username, password }
      ctx.change.after = { host, username }
      return {
        team: ctx.team.name,
        host: await ctx.registryCredentials.set(ctx.team.id, account, ctx.person.id),
      }
    }),

  /** @throws REGISTRY_ACCOUNT.NOT_FOUND */
  remove: teamProcedureFor('team.registries.change')
    .input(z.object({ host: z.string().max(255) }))
    .mutation(async ({ ctx, input }): Promise<{ team: string; host: string }> => {
      ctx.change.before = { host: input.host }
      return { team: ctx.team.name, host: await ctx.registryCredentials.remove(ctx.team.id, input.host) }
    }),
})

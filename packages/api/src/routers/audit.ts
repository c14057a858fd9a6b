import type { AuditEntry } from '@berth/domain'
import { exportAudit } from '@berth/observe'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { actorOf, ownProcedure, router, teamInput, teamOf, teamProcedureFor } from '../procedure.ts'

export type AuditView = Omit<AuditEntry, 'at' | 'endedAt'> & { at: string; endedAt: string | null }
/** `next`: what `after` has to be for the entries behind these; null: there are none. */
export type AuditPage = { entries: AuditView[]; next: string | null }

const cursor = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z_[0-9a-f-]{36}$/)
  .transform((text) => ({
    at: new Date(text.slice(0, text.indexOf('_'))),
    id: text.slice(text.indexOf('_') + 1),
  }))

const filter = z.object({
  app: z.string().max(200).optional(),
  /** An e-mail address. */
  person: z.string().max(300).optional(),
  /** All of it, or its beginning up to a point: `apps` finds `apps.create`. */
  action: z.string().max(200).optional(),
  since: z.coerce.date().optional(),
  until: z.coerce.date().optional(),
  after: cursor.optional(),
})

const limit = z.number().int().min(1).max(200).default(50)
const exportedAtOnce = 1_000

export const auditRouter = router({
  /** What was done to the team and its apps, the newest first. */
  list: teamProcedureFor('team.audit.view')
    .input(filter.extend({ limit }))
    .query(async ({ ctx, input }): Promise<AuditPage> => {
      return pageOf(await find(ctx, ctx.team.id, input), input.limit)
    }),

  /** What one has done oneself, signing in among it; or in the team that is said. */
  own: ownProcedure
    .input(teamInput.extend({ after: cursor.optional(), limit }))
    .query(async ({ ctx, input: { team, ...query } }): Promise<AuditPage> => {
      const teamId = team === undefined ? undefined : (await teamOf(ctx, await actorOf(ctx), team)).id
      const entries = await ctx.stores.audit.list({ personId: ctx.person.id, teamId, ...query })
      return pageOf(entries, query.limit)
    }),

  /** The same as text for other programs, a thousand entries at a time. */
  export: teamProcedureFor('team.audit.view')
    .input(filter.extend({ format: z.enum(['ndjson', 'csv']) }))
    .query(async ({ ctx, input }): Promise<{ text: string; next: string | null }> => {
      const entries = await find(ctx, ctx.team.id, { ...input, limit: exportedAtOnce })
      const text = exportAudit(entries, { format: input.format, head: input.after === undefined })
      return { text, next: nextOf(entries, exportedAtOnce) }
    }),
})

type Asked = z.output<typeof filter> & { limit: number }

async function find(
  { stores }: Pick<ApiContext, 'stores'>,
  teamId: string,
  { app, person, ...query }: Asked,
): Promise<AuditEntry[]> {
  const appId = app === undefined ? undefined : await appIdOf(stores, teamId, app)
  const personId = person === undefined ? undefined : (await stores.people.personByEmail(person))?.id
  // Whom nobody knows has done nothing; whether there is such an account is not this team's to learn.
  if (person !== undefined && personId === undefined) return []
  return await stores.audit.list({ teamId, appId, personId, ...query })
}

async function appIdOf(stores: ApiContext['stores'], teamId: string, name: string): Promise<string> {
  const known = await stores.apps.listForTeams([teamId])
  const app = known.find((one) => one.name === name)
  if (app === undefined) throw apiError['APP.NOT_FOUND']({ name })
  return app.id
}

function pageOf(entries: AuditEntry[], most: number): AuditPage {
  const views = entries.map(({ at, endedAt, ...entry }) => ({
    ...entry,
    at: at.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  }))
  return { entries: views, next: nextOf(entries, most) }
}

function nextOf(entries: readonly AuditEntry[], most: number): string | null {
  const last = entries.length < most ? undefined : entries.at(-1)
  return last === undefined ? null : `${last.at.toISOString()}_${last.id}`
}

import { isBerthError } from '@berth/domain'
import type { OneOffView } from '@berth/observe'
import { openTickets } from '@berth/people'
import { dashboardUrl } from '@berth/route/certificates/dashboard-url.ts'
import { z } from 'zod'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

const hourMs = 60 * 60_000
/** As on Heroku. */
const defaultTimeoutMs = 24 * hourMs

const command = z.array(z.string().min(1).max(32_768)).min(1).max(1_000)
const instance = z.string().regex(/^[a-z][a-z0-9-]{0,39}\.[1-9]\d{0,4}$/)

/** Commands beside an app's instances. Who is to be joined to one goes to the receiver's door (`/attach/APP`). */
export const oneOffsRouter = router({
  /** What runs now. Null: the worker does not answer. */
  list: appProcedure('app.view').query(async ({ ctx }): Promise<OneOffView[] | null> => {
    try {
      return await ctx.live.oneOffs(ctx.app.id)
    } catch (error) {
      if (isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) return null
      throw error
    }
  }),

  /** Begins one that nobody is joined to. @throws ONE_OFF.… */
  run: appProcedure('app.console')
    .input(
      appInput.extend({
        command,
        entrypoint: z.boolean().default(true),
        timeoutMs: z
          .int()
          .min(1_000)
          .max(7 * 24 * hourMs)
          .default(defaultTimeoutMs),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<{ name: string; timeoutMs: number }> => {
      const { entrypoint, timeoutMs } = input
      const { name } = await ctx.live.runDetached(ctx.app.id, {
        command: input.command,
        entrypoint,
        timeoutMs,
      })
      // What stands behind the first word may be a password.
      ctx.change.after = { name, program: input.command[0]?.split(/\s/)[0]?.slice(0, 100), timeoutMs }
      return { name, timeoutMs }
    }),

  /** Ends one, whoever began it. @throws ONE_OFF.NOT_FOUND */
  stop: appProcedure('app.console')
    .input(appInput.extend({ instance }))
    .mutation(async ({ ctx, input }): Promise<{ stopped: string }> => {
      ctx.change.before = { name: input.instance }
      await ctx.live.stopOneOff(ctx.app.id, input.instance)
      return { stopped: input.instance }
    }),

  /** Where sessions are taken, for a client that came another way. */
  door: appProcedure('app.console').query(
    async ({ ctx }): Promise<{ door: string }> => ({
      door: await dashboardUrl(ctx.settings, ctx.stores.certificates),
    }),
  ),

  /** What a page of the dashboard shows there, once and at once, in place of its cookie. @throws ATTACH.TOKEN_SUFFICES */
  ticket: appProcedure('app.console').mutation(async ({ ctx }): Promise<{ ticket: string }> => {
    const { session, person, app } = ctx
    if (session === null) throw apiError['ATTACH.TOKEN_SUFFICES']()
    const given = { personId: person.id, sessionId: session.id, appId: app.id }
    return { ticket: await openTickets(ctx.stores.tickets).issue(given) }
  }),
})

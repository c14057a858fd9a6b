import { randomBytes } from 'node:crypto'
import { authVerifier } from '@berth/route/auth-verifier.ts'
import { pageBytes } from '@berth/route/check-rules.ts'
import type { DoorSettings } from '@berth/route/door-settings.ts'
import { customPages } from '@berth/route/route-rules.ts'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { frontChanged } from '../front-changed.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

/** What an app asks of the front door. Who may pass is named; with which password nobody is told. */
export type RoutingView = {
  httpsRedirect: boolean
  hsts: DoorSettings['hsts']
  maintenance: boolean
  /** Null: everybody may pass. */
  users: string[] | null
  maxBodyBytes: number | null
  timeoutSeconds: number | null
  sticky: boolean
  /** Which of the front door's pages the app has its own for. */
  pages: string[]
}

const yearSeconds = 365 * 24 * 60 * 60
const mostUsers = 50
const page = z.enum(customPages)
const changes = z.object({
  httpsRedirect: z.boolean(),
  hsts: z
    .object({
      maxAgeSeconds: z
        .int()
        .min(60)
        .max(2 * yearSeconds),
      includeSubdomains: z.boolean(),
      preload: z.boolean(),
    })
    .nullable(),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(2 ** 40)
    .nullable(),
  timeoutSeconds: z.int().min(1).max(3_600).nullable(),
  sticky: z.boolean(),
  maintenance: z.boolean(),
})

export const routingRouter = router({
  get: appProcedure('app.view').query(
    async ({ ctx }): Promise<RoutingView> => view(await ctx.stores.doors.current(ctx.app.id)),
  ),

  /** What is left out stays. */
  set: appProcedure('app.domains.change')
    .input(appInput.extend(changes.partial().shape))
    .mutation(async ({ ctx, input }): Promise<RoutingView> => {
      const { app: _, ...wanted } = input
      const said = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      return await change(ctx, ctx.app.id, (before) => ({ ...before, ...said }))
    }),

  /** The source of a page of the app's own; null: the front door's is shown. */
  source: appProcedure('app.view')
    .input(appInput.extend({ page }))
    .query(async ({ ctx, input }): Promise<{ html: string | null }> => {
      const { pages } = await ctx.stores.doors.current(ctx.app.id)
      return { html: pages[input.page] ?? null }
    }),

  /** A page of the app's own in place of the front door's; null: the front door's again. */
  page: appProcedure('app.domains.change')
    .input(appInput.extend({ page, html: z.string().max(pageBytes).nullable() }))
    .mutation(async ({ ctx, input }): Promise<RoutingView> => {
      const { html } = input
      if (html !== null && Buffer.byteLength(html) > pageBytes)
        throw apiError['API.BAD_INPUT']({ problem: `a page may have ${pageBytes} bytes` })
      return await change(ctx, ctx.app.id, (before) => {
        const { [input.page]: _, ...others } = before.pages
        return { ...before, pages: html === null ? others : { ...others, [input.page]: html } }
      })
    }),

  /** From now on only those pass who say this name and password, or another one's. In place of an earlier password. */
  addUser: appProcedure('app.domains.change')
    .input(
      appInput.extend({
        name: z.string().regex(/^[^:\p{Cc}]{1,100}$/u, 'a name has no colon and 1 to 100 characters'),
        password: z.string().min(8, 'a password has at least 8 characters').max(200),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<RoutingView> => {
      return await change(ctx, ctx.app.id, (before) => {
        const { key, people } = before.users ?? { key: randomBytes(32).toString('base64'), people: [] }
        const others = people.filter(({ name }) => name !== input.name)
        if (others.length >= mostUsers)
          throw apiError['API.BAD_INPUT']({ problem: `an app has room for ${mostUsers} users` })
        const added = { name: input.name, verifier: authVerifier(key, input.name, input.password) }
        return { ...before, users: { key, people: [...others, added] } }
      })
    }),

  /** With the last one the app is open to everybody again, so that has to be said: `off`. */
  removeUser: appProcedure('app.domains.change')
    .input(appInput.extend({ name: z.string().max(100) }))
    .mutation(async ({ ctx, input }): Promise<RoutingView> => {
      return await change(ctx, ctx.app.id, (before) => {
        const left = before.users?.people.filter(({ name }) => name !== input.name) ?? []
        if (before.users === null || left.length === before.users.people.length)
          throw apiError['HTTP_AUTH.NOT_FOUND']({ name: input.name })
        return { ...before, users: { ...before.users, people: left } }
      })
    }),

  /** Everybody may pass; the users are forgotten. */
  openToAll: appProcedure('app.domains.change')
    .input(appInput)
    .mutation(
      async ({ ctx }): Promise<RoutingView> =>
        change(ctx, ctx.app.id, (before) => ({ ...before, users: null })),
    ),
})

async function change(
  ctx: ApiContext,
  appId: string,
  act: (before: DoorSettings) => DoorSettings,
): Promise<RoutingView> {
  const now = await ctx.stores.doors.change(appId, (before) => {
    ctx.change.before = view(before)
    return act(before)
  })
  ctx.change.after = view(now)
  await frontChanged(ctx, appId)
  return view(now)
}

function view({ autoCertificates: _, users, pages, ...plain }: DoorSettings): RoutingView {
  return { ...plain, users: users?.people.map(({ name }) => name) ?? null, pages: Object.keys(pages).sort() }
}

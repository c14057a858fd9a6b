import { isBerthError } from '@berth/domain'
import type { Drain, DrainState } from '@berth/observe'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

/** Never what it takes to send there. */
export type DrainView = {
  id: string
  /** The address without what may be a secret. */
  to: string
  createdAt: string
  /** Null: nobody that is known. */
  by: string | null
  /** How it gets on; null: the worker does not answer at the moment, or has not begun it yet. */
  state: Omit<DrainState, 'id'> | null
}

const drainInput = appInput.extend({ id: z.string().max(100) })

export const drainsRouter = router({
  list: appProcedure('app.drains.view').query(async ({ ctx }): Promise<DrainView[]> => {
    const [drains, states] = await Promise.all([ctx.drains.list(ctx.app.id), statesOf(ctx, ctx.app.id)])
    return await Promise.all(drains.map((drain) => viewOf(ctx, drain, states)))
  }),

  /** Sends the app's log there from now on. Credentials in the address or a header are never shown again. */
  add: appProcedure('app.drains.change')
    .input(
      appInput.extend({
        url: z.string().max(2_000),
        headers: z.record(z.string().max(100), z.string().max(4_096)).default({}),
        /** PEM: the authority that the server's certificate is from, where it is none of the usual. */
        authority: z.string().max(200_000).nullable().default(null),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<DrainView> => {
      const { url, headers, authority } = input
      const drain = await ctx.drains.add(ctx.app.id, { url, headers, authority }, ctx.person.id)
      ctx.change.after = { drain: drain.shown, headers: Object.keys(headers) }
      await tellWorker(ctx, ctx.app.id)
      return await viewOf(ctx, drain, [])
    }),

  remove: appProcedure('app.drains.change')
    .input(drainInput)
    .mutation(async ({ ctx, input }): Promise<{ id: string; to: string }> => {
      const drain = await ctx.drains.remove(ctx.app.id, input.id)
      ctx.change.before = { drain: drain.shown }
      await tellWorker(ctx, ctx.app.id)
      return { id: drain.id, to: drain.shown }
    }),

  /** Sends one line, and waits until it has got there. */
  test: appProcedure('app.drains.change')
    .input(drainInput)
    .mutation(async ({ ctx, input }): Promise<{ id: string; to: string }> => {
      const drain = await ctx.drains.find(ctx.app.id, input.id)
      ctx.change.after = { tested: drain.shown }
      await ctx.live.testDrain(ctx.app.id, drain.id)
      return { id: drain.id, to: drain.shown }
    }),
})

async function viewOf(
  ctx: Pick<ApiContext, 'stores'>,
  { id, shown, createdAt, createdById }: Drain,
  states: readonly DrainState[],
): Promise<DrainView> {
  const by = createdById === null ? null : await ctx.stores.people.person(createdById)
  const state = states.find((found) => found.id === id)
  const { id: _, ...rest } = state ?? { id: '' }
  return {
    ...{ id, to: shown, createdAt: createdAt.toISOString(), by: by?.name ?? null },
    state: state === undefined ? null : (rest as Omit<DrainState, 'id'>),
  }
}

async function statesOf({ live }: Pick<ApiContext, 'live'>, appId: string): Promise<DrainState[]> {
  return (await unlessAway(() => live.drains(appId))) ?? []
}

/** A worker that is away finds it by itself when it looks the next time. */
async function tellWorker({ live }: Pick<ApiContext, 'live'>, appId: string): Promise<void> {
  await unlessAway(() => live.lookAtDrains(appId))
}

async function unlessAway<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) return undefined
    throw error
  }
}

import type { AppLogLine } from '@berth/observe'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { inBatches } from '../in-batches.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

const instance = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}\.\d{1,5}$/)
  .nullable()
  .default(null)

export const logsRouter = router({
  /**
   * What an app's instances print, in batches. `tail`: so many of the last lines first. A connection that is opened
   * again (lastEventId) gets what it missed, as far as 1,000 lines hold it.
   */
  follow: appProcedure('app.logs')
    .input(
      appInput.extend({
        instance,
        tail: z.number().int().min(0).max(10_000).default(200),
        follow: z.boolean().default(true),
        lastEventId: z.string().max(100).nullish(),
      }),
    )
    .subscription(async function* ({ ctx, input, signal }) {
      const resumed = input.lastEventId ? input.lastEventId.split('#') : null
      const tail = resumed ? 1000 : input.tail
      const batches = inBatches<AppLogLine>(
        (stopped) =>
          ctx.live.logs(ctx.app.id, {
            follow: input.follow,
            tail,
            instance: input.instance,
            signal: stopped,
          }),
        { maxItems: 500, maxWaitMs: 40, signal },
      )
      let batchNumber = Number(resumed?.[1] ?? 0)
      for await (const batch of batches) {
        const lines = resumed ? batch.filter((line) => line.at > (resumed[0] ?? '')) : batch
        const last = lines.at(-1)
        if (last) yield tracked(`${last.at}#${++batchNumber}`, lines)
      }
    }),
})

import type { StageEvent } from '@berth/domain'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { inBatches } from '../in-batches.ts'
import { router, stageInput, stageProcedure } from '../procedure.ts'

export type StageBatch = {
  /** The number of the first event; the others follow it. */
  from: number
  events: StageEvent[]
}

export const stagesRouter = router({
  /** The events of a build or a deployment, from number `after` on, until `ended`. Looking on holds nothing up. */
  events: stageProcedure('app.view')
    .input(
      stageInput.extend({
        after: z.number().int().min(0).default(0),
        lastEventId: z
          .string()
          .regex(/^\d{1,9}$/)
          .nullish(),
      }),
    )
    .subscription(async function* ({ ctx, input }) {
      let number = input.lastEventId ? Number(input.lastEventId) : input.after
      const batches = inBatches(
        (stopped) => ctx.live.stageEvents(input.id, { after: number, lease: false, signal: stopped }),
        { maxItems: 500, maxWaitMs: 30, signal: ctx.signal },
      )
      for await (const events of batches) {
        const batch: StageBatch = { from: number, events }
        number += events.length
        yield tracked(String(number), batch)
      }
    }),
})

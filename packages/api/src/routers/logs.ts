import { type AppLogLine, type LogFilter, type LogPage, logSources } from '@berth/observe'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { inBatches } from '../in-batches.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

const time = z.iso.datetime({ offset: true }).nullable().default(null)

/** LogFilter, as it comes from outside. */
const filter = {
  since: time,
  until: time,
  /** `web.1`, and `router` or `berth`. */
  instance: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}(\.\d{1,5})?$/)
    .nullable()
    .default(null),
  process: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .nullable()
    .default(null),
  release: z.number().int().min(1).nullable().default(null),
  source: z.enum(logSources).nullable().default(null),
  /** Several of them: `web.1`, `worker`, `router`. */
  only: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,39}(\.\d{1,5})?$/))
    .min(1)
    .max(40)
    .nullable()
    .default(null),
  stream: z.enum(['stdout', 'stderr']).nullable().default(null),
  search: z.string().min(1).max(500).nullable().default(null),
  grep: z.string().min(1).max(500).nullable().default(null),
}

export const logsRouter = router({
  /**
   * The log of an app, in batches: `tail` of the last lines first, or what stands behind line `after`. A connection that
   * is opened again (lastEventId) goes on behind the last line that it brought, as far as the log is kept.
   */
  follow: appProcedure('app.logs')
    .input(
      appInput.extend({
        ...filter,
        tail: z.number().int().min(0).max(10_000).default(200),
        after: z.number().int().min(0).nullable().default(null),
        follow: z.boolean().default(true),
        lastEventId: z.string().max(100).nullish(),
      }),
    )
    .subscription(async function* ({ ctx, input }) {
      const { tail, follow } = input
      const after = placeOf(input.lastEventId) ?? input.after
      const batches = inBatches<AppLogLine>(
        (stopped) =>
          ctx.live.logs(ctx.app.id, { tail, follow, after, filter: filterOf(input), signal: stopped }),
        { maxItems: 500, maxWaitMs: 40, signal: ctx.signal },
      )
      for await (const lines of batches) {
        const last = lines.at(-1)
        if (last) yield tracked(String(last.number), lines)
      }
    }),

  /** What stands before a line or behind one, or at the end: pages, as far as the log is kept. */
  history: appProcedure('app.logs')
    .input(
      appInput.extend({
        ...filter,
        before: z.number().int().min(1).nullable().default(null),
        after: z.number().int().min(0).nullable().default(null),
        limit: z.number().int().min(1).max(1_000).default(200),
      }),
    )
    .query(
      ({ ctx, input }): Promise<LogPage> =>
        ctx.live.logPage(ctx.app.id, {
          before: input.before,
          after: input.after,
          limit: input.limit,
          filter: filterOf(input),
        }),
    ),
})

function filterOf(input: LogFilter): LogFilter {
  const { since, until, instance, process, release, source, only, stream, search, grep } = input
  return { since, until, instance, process, release, source, only, stream, search, grep }
}

/** What is no number came from no stream of ours. */
function placeOf(lastEventId: string | null | undefined): number | null {
  return lastEventId && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null
}

import { type CronJob, type CronRun, cronOverlaps, isBerthError, parseProcessType } from '@berth/domain'
import { cronDefaults, cronName, nextDue, parseSchedule, quoteWords } from '@berth/release'
import { z } from 'zod'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

const hourMs = 60 * 60_000
const mostJobs = 100
const mostShown = 50

export type CronJobView = Pick<
  CronJob,
  'name' | 'schedule' | 'command' | 'source' | 'overlap' | 'timeoutMs'
> & {
  paused: boolean
  /** UTC. Null: it is paused. */
  nextAt: string | null
  last: Pick<CronRunView, 'state' | 'dueAt' | 'exitCode'> | null
}

export type CronRunView = Pick<CronRun, 'id' | 'state' | 'exitCode' | 'signal' | 'byHand' | 'error'> & {
  /** cron.1 */
  instance: string | null
  dueAt: string
  startedAt: string | null
  finishedAt: string | null
  lastLines: string[]
}

const name = z.string().max(200)
const words = z.array(z.string().min(1).max(8_192)).min(1).max(200)

/** Jobs on a schedule, in UTC: those of the release's app.json, and those that people add. */
export const cronRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<CronJobView[]> => {
    const jobs = await ctx.stores.cron.jobs(ctx.app.id)
    const lasts = await Promise.all(jobs.map((job) => ctx.stores.cron.history(ctx.app.id, job.name, 1)))
    return jobs.map((job, index) => jobView(job, lasts[index]?.[0] ?? null))
  }),

  /** When a schedule would be due next, before it is somebody's. @throws RELEASE.SCHEDULE_INVALID */
  preview: appProcedure('app.view')
    .input(appInput.extend({ schedule: z.string().max(1_000) }))
    .query(({ input }): { nextAt: string[] } => ({ nextAt: nextDues(parseSchedule(input.schedule), 3) })),

  /** @throws RELEASE.SCHEDULE_INVALID, CRON.NAME_TAKEN, NAME.INVALID, CRON.TOO_MANY */
  add: appProcedure('app.cron.change')
    .input(
      appInput.extend({
        schedule: z.string().max(1_000),
        command: words,
        name: name.optional(),
        overlap: z.enum(cronOverlaps).default(cronDefaults.overlap),
        timeoutMs: z
          .int()
          .min(1_000)
          .max(24 * hourMs)
          .default(cronDefaults.timeoutMs),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<CronJobView> => {
      const { overlap, timeoutMs } = input
      const schedule = parseSchedule(input.schedule)
      const command = quoteWords(input.command)
      const called = parseProcessType(input.name ?? cronName({ schedule, command }))
      const { cron } = ctx.stores
      if ((await cron.jobs(ctx.app.id)).length >= mostJobs)
        throw apiError['CRON.TOO_MANY']({ limit: mostJobs })
      const entry = { name: called, schedule, command, overlap, timeoutMs }
      const job = await cron.add({
        ...entry,
        appId: ctx.app.id,
        source: 'command',
        createdById: ctx.person.id,
      })
      ctx.change.after = { name: called, schedule, overlap, timeoutMs }
      return jobView(job, null)
    }),

  /** @throws CRON.NOT_FOUND, CRON.OF_RELEASE */
  remove: appProcedure('app.cron.change')
    .input(appInput.extend({ name }))
    .mutation(async ({ ctx, input }): Promise<{ removed: string }> => {
      const job = await jobNamed(ctx, input.name)
      if (job.source === 'release') throw apiError['CRON.OF_RELEASE']({ name: job.name })
      ctx.change.before = { name: job.name, schedule: job.schedule }
      await ctx.stores.cron.remove(ctx.app.id, job.name)
      return { removed: job.name }
    }),

  /** Now, whatever its schedule says, also where it is paused. @throws CRON.NOT_FOUND, CRON.NOT_RUNNABLE */
  run: appProcedure('app.cron.change')
    .input(appInput.extend({ name }))
    .mutation(async ({ ctx, input }): Promise<{ runId: string }> => {
      const job = await jobNamed(ctx, input.name)
      const live = await ctx.stores.deployments.live(ctx.app.id)
      if (ctx.app.stoppedAt !== null || live === null)
        throw apiError['CRON.NOT_RUNNABLE']({ app: ctx.app.name })
      ctx.change.after = { name: job.name }
      const run = await ctx.stores.cron.request(job, ctx.person.id)
      await ctx.live.beginCronRun(ctx.app.id, run.id).catch((error: unknown) => {
        // It waits, and the worker comes upon it.
        if (!isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) throw error
      })
      return { runId: run.id }
    }),

  /** @throws CRON.NOT_FOUND */
  pause: appProcedure('app.cron.change')
    .input(appInput.extend({ name }))
    .mutation(async ({ ctx, input }): Promise<CronJobView> => {
      const job = await jobNamed(ctx, input.name)
      ctx.change.after = { name: job.name, paused: true }
      if (job.pausedAt === null) await ctx.stores.cron.setPaused(ctx.app.id, job.name, new Date())
      return jobView(await jobNamed(ctx, job.name), null)
    }),

  /** It counts from now on: what was due meanwhile is not made up for. @throws CRON.NOT_FOUND */
  resume: appProcedure('app.cron.change')
    .input(appInput.extend({ name }))
    .mutation(async ({ ctx, input }): Promise<CronJobView> => {
      const job = await jobNamed(ctx, input.name)
      ctx.change.after = { name: job.name, paused: false }
      if (job.pausedAt !== null) await ctx.stores.cron.setPaused(ctx.app.id, job.name, null)
      return jobView(await jobNamed(ctx, job.name), null)
    }),

  /** Newest first; also of a job that is gone. @throws CRON.NOT_FOUND: there is neither */
  history: appProcedure('app.logs')
    .input(appInput.extend({ name, limit: z.int().min(1).max(mostShown).default(mostShown) }))
    .query(async ({ ctx, input }): Promise<CronRunView[]> => {
      const runs = await ctx.stores.cron.history(ctx.app.id, input.name, input.limit)
      if (runs.length === 0) await jobNamed(ctx, input.name)
      return runs.map(runView)
    }),

  /** One run, to wait for its end. @throws CRON.NOT_FOUND */
  get: appProcedure('app.logs')
    .input(appInput.extend({ id: z.uuid() }))
    .query(async ({ ctx, input }): Promise<CronRunView> => {
      const run = await ctx.stores.cron.run(input.id)
      if (run?.appId !== ctx.app.id) throw apiError['CRON.NOT_FOUND']({ name: 'of this id' })
      return runView(run)
    }),
})

/** UTC; fewer where it is due no more. */
function nextDues(schedule: string, count: number): string[] {
  const dues: string[] = []
  for (let after: Date | null = new Date(); after !== null && dues.length < count; ) {
    after = nextDue(schedule, after)
    if (after !== null) dues.push(after.toISOString())
  }
  return dues
}

type OfApp = {
  stores: { cron: { job(appId: string, name: string): Promise<CronJob | null> } }
  app: { id: string }
}

async function jobNamed({ stores, app }: OfApp, wanted: string): Promise<CronJob> {
  const job = await stores.cron.job(app.id, wanted)
  if (job === null) throw apiError['CRON.NOT_FOUND']({ name: wanted })
  return job
}

function jobView(job: CronJob, last: CronRun | null): CronJobView {
  const { name: called, schedule, command, source, overlap, timeoutMs } = job
  const paused = job.pausedAt !== null
  const nextAt = paused ? null : (nextDue(schedule, new Date())?.toISOString() ?? null)
  const shown = last && { state: last.state, dueAt: last.dueAt.toISOString(), exitCode: last.exitCode }
  return { name: called, schedule, command, source, overlap, timeoutMs, paused, nextAt, last: shown }
}

function runView(run: CronRun): CronRunView {
  const { id, state, exitCode, signal, byHand, error, lastLines } = run
  return {
    ...{ id, state, exitCode, signal, byHand, error, lastLines },
    instance: run.number === null ? null : `cron.${run.number}`,
    dueAt: run.dueAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  }
}

import type { MachineView } from '@berth/observe'
import { may } from '@berth/people'
import { type JobState, jobNames } from '@berth/queue'
import { z } from 'zod'
import { actorOf, machineProcedure, router } from '../procedure.ts'
import { type JobView, jobView } from '../read-jobs.ts'
import { type CertificateView, certificateView } from './certificates.ts'

export type JobsView = { counts: Readonly<Record<JobState, number>>; jobs: JobView[] }

/** `app` null: the platform's own, or an app of a team that the asking person is not in; then nothing but its dates is said. */
export type MachineCertificateView = Pick<
  CertificateView,
  'id' | 'source' | 'hosts' | 'state' | 'issuer' | 'expiresAt' | 'error' | 'nextAt'
> & { app: string | null }

/** Of each state. */
const mostJobs = 50
const mostCertificates = 1_000

export const machineRouter = router({
  /** The machine: what it is used for, and how much is left. Not for members who look after apps alone. */
  view: machineProcedure('machine.view').query(({ ctx }): Promise<MachineView> => ctx.live.machine()),

  /** What waits, what is carried out, and what was given up. @throws QUEUE.UNAVAILABLE */
  jobs: machineProcedure('machine.view').query(async ({ ctx }): Promise<JobsView> => {
    const [actor, { counts, jobs }] = await Promise.all([actorOf(ctx), ctx.ledger.list(mostJobs)])
    return { counts, jobs: await Promise.all(jobs.map((job) => jobView(ctx, actor, job))) }
  }),

  /** Once more, what was given up. @throws QUEUE.JOB_NOT_FOUND, QUEUE.JOB_NOT_FAILED */
  retryJob: machineProcedure('machine.jobs.retry')
    .input(z.object({ name: z.enum(jobNames), jobId: z.string().min(1).max(100) }))
    .mutation(async ({ ctx, input }): Promise<JobView> => {
      const job = await ctx.ledger.retry(input.name, input.jobId)
      const view = await jobView(ctx, await actorOf(ctx), job)
      ctx.change.after = { job: job.name, app: view.app, jobId: job.jobId }
      return view
    }),

  /** Of all apps and of the platform itself, whichever ends first before the others. */
  certificates: machineProcedure('machine.view').query(async ({ ctx }): Promise<MachineCertificateView[]> => {
    const [actor, all] = await Promise.all([actorOf(ctx), ctx.stores.certificates.all()])
    const apps = new Map((await ctx.stores.apps.all()).map((app) => [app.id as string, app]))
    const rows = all.slice(0, mostCertificates).map((record): MachineCertificateView => {
      const { id, source, hosts, state, issuer, expiresAt, error, nextAt } = certificateView(record)
      const dates = { id, source, state, expiresAt, nextAt }
      const app = record.appId === null ? null : apps.get(record.appId)
      if (record.appId !== null && (!app || !may(actor, 'app.view', app)))
        return { ...dates, hosts: [], issuer: null, error: null, app: null }
      return { ...dates, hosts, issuer, error, app: app?.name ?? null }
    })
    return rows.sort(bySoonest)
  }),
})

function bySoonest(one: MachineCertificateView, other: MachineCertificateView): number {
  return (one.expiresAt ?? '').localeCompare(other.expiresAt ?? '')
}

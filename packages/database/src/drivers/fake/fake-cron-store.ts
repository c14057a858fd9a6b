import {
  type CronJob,
  type CronRun,
  type CronRunState,
  cronRunStates,
  isCronRunOver,
  mayBecome,
} from '@berth/domain'
import type { CronStore, NewCronJob } from '@berth/release'
import { databaseError } from '../../errors.ts'
import { Rows } from './rows.ts'

export function fakeCronStore(): CronStore {
  const jobs = new Rows<CronJob>('job')
  const runs = new Rows<CronRun>('run')

  const find = (appId: string, name: string) =>
    jobs.where((job) => job.appId === appId && job.name === name)[0] ?? null
  const add = (job: NewCronJob): CronJob =>
    jobs.add({ ...job, countsFrom: new Date(), lastDueAt: null, pausedAt: null })
  const become = (id: string, state: CronRunState, change: Partial<CronRun>): boolean => {
    const now = runs.find(id)?.state
    return now !== undefined && mayBecome(cronRunStates, now, state) && runs.update(id, { ...change, state })
  }
  const addRun = (
    job: CronJob,
    run: Pick<CronRun, 'state' | 'dueAt' | 'byHand' | 'startedById'>,
  ): CronRun => {
    const { appId, name: jobName, schedule, command, overlap, timeoutMs } = job
    const finishedAt = isCronRunOver(run.state) ? new Date() : null
    return runs.add({
      appId,
      jobName,
      schedule,
      command,
      overlap,
      timeoutMs,
      ...unfinished,
      ...run,
      finishedAt,
    })
  }

  return {
    jobs: async (appId) => byName(jobs.where((job) => job.appId === appId)),
    allJobs: async () => jobs.where(() => true),
    job: async (appId, name) => find(appId, name),
    add: async (job) => {
      if (find(job.appId, job.name)) throw databaseError['CRON.NAME_TAKEN']({ name: job.name })
      return add(job)
    },
    remove: async (appId, name) => jobs.remove(find(appId, name)?.id ?? ''),
    setPaused: async (appId, name, pausedAt) => {
      const id = find(appId, name)?.id ?? ''
      return jobs.update(id, pausedAt === null ? { pausedAt, countsFrom: new Date() } : { pausedAt })
    },
    follow: async (appId, wanted) => {
      const gone = jobs.where(
        (job) =>
          job.appId === appId && job.source === 'release' && !wanted.some(({ name }) => name === job.name),
      )
      for (const { id } of gone) jobs.remove(id)
      for (const job of wanted)
        if (!find(appId, job.name)) add({ ...job, appId, source: 'release', createdById: null })
    },
    decide: async ({ jobId, was, dueAt, outcome }) => {
      const job = jobs.find(jobId)
      if (job === null || job.lastDueAt?.getTime() !== was?.getTime()) return null
      jobs.update(jobId, { lastDueAt: dueAt })
      if (outcome === 'set back') return null
      const state = outcome === 'missed' ? 'missed' : 'waiting'
      return addRun(job, { state, dueAt, byHand: false, startedById: null })
    },
    request: async (job, startedById) =>
      addRun(job, { state: 'waiting', dueAt: new Date(), byHand: true, startedById }),
    run: async (id) => runs.find(id),
    become: async (id, state, error) =>
      become(id, state, {
        ...(state === 'running' ? { startedAt: new Date() } : { finishedAt: new Date() }),
        error: error ?? null,
      }),
    started: async (id, number) => void runs.update(id, { number }),
    end: async (id, { state, ...ending }) => become(id, state, { ...ending, finishedAt: new Date() }),
    unfinished: async () => runs.where(({ state }) => !isCronRunOver(state)),
    history: async (appId, jobName, limit) => newestOf(runs, appId, jobName).slice(0, limit),
    forget: async (before) => {
      const old = runs.where(({ finishedAt }) => finishedAt !== null && finishedAt < before)
      for (const { id } of old) runs.remove(id)
    },
    prune: async (appId, jobName, keep) => {
      const over = newestOf(runs, appId, jobName).filter(({ state }) => isCronRunOver(state))
      for (const { id } of over.slice(keep)) runs.remove(id)
    },
  }
}

const unfinished = {
  number: null,
  startedAt: null,
  exitCode: null,
  signal: null,
  error: null,
  lastLines: [],
}

function newestOf(runs: Rows<CronRun>, appId: string, jobName: string): CronRun[] {
  return runs.where((run) => run.appId === appId && run.jobName === jobName).reverse()
}

function byName(jobs: CronJob[]): CronJob[] {
  return jobs.sort((one, other) => (one.name < other.name ? -1 : 1))
}

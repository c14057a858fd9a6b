import type { CronJob, CronRun } from '@berth/domain'
import { lastDue, nextDue } from './schedule.ts'

/**
 * Which jobs are due, and which runs may begin. Pure; whoever carries it out writes each decision down before anything is
 * started, and plans again. Promises, with the records:
 * - A due time is decided upon once, whatever restarts or clocks that jump come between.
 * - Of due times that nobody was there to see only the last counts, and only within `startingDeadlineMs`, as Kubernetes'
 *   `startingDeadlineSeconds`: a platform that comes back starts nothing in a burst.
 * - Nothing is started of an app that is stopped, or has nothing live, or of a job that is paused.
 */
export const startingDeadlineMs = 10 * 60_000

export type DueJob = Pick<CronJob, 'id' | 'schedule' | 'countsFrom' | 'lastDueAt' | 'pausedAt'>

/**
 * `was`: what the job's record said, so that the decision counts only where it still says so. `set back`: the clock
 * was put back; the record follows it, and nothing is started.
 */
export type DueDecision = {
  jobId: string
  was: Date | null
  dueAt: Date
  outcome: 'start' | 'missed' | 'set back'
}

/** `jobs`: those whose apps run. */
export function planDue(jobs: readonly DueJob[], now: Date): DueDecision[] {
  return jobs.flatMap((job) => (job.pausedAt === null ? (decide(job, now) ?? []) : []))
}

function decide(job: DueJob, now: Date): DueDecision | null {
  const { id: jobId, lastDueAt: was } = job
  if (was !== null && was.getTime() - now.getTime() > startingDeadlineMs) {
    return { jobId, was, dueAt: now, outcome: 'set back' }
  }
  const since = was !== null && was > job.countsFrom ? was : job.countsFrom
  const next = nextDue(job.schedule, since)
  if (next === null || next > now) return null
  const dueAt = lastDue(job.schedule, now) ?? next
  const isLate = now.getTime() - dueAt.getTime() > startingDeadlineMs
  return { jobId, was, dueAt, outcome: isLate ? 'missed' : 'start' }
}

export type PlannedRun = Pick<CronRun, 'id' | 'appId' | 'jobName' | 'overlap' | 'dueAt' | 'byHand'>

export type RunStep =
  | { kind: 'start'; runId: string }
  /** Its job has not ended. */
  | { kind: 'skip'; runId: string }
  | { kind: 'miss'; runId: string; because: 'stopped' | 'no room' }
  /** One that runs, so that another of its job may begin. */
  | { kind: 'end'; runId: string }

export type CronLimits = { total: number; perApp: number }

/** Oldest first, each within what the machine and its app have room for. */
export function planRuns(
  waiting: readonly PlannedRun[],
  running: readonly PlannedRun[],
  given: { now: Date; runs(appId: string): boolean; limits: CronLimits },
): RunStep[] {
  const begun = [...running]
  const steps: RunStep[] = []
  for (const run of waiting.toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime())) {
    const step = planRun(run, begun, given)
    steps.push(...step)
    if (step.some(({ kind }) => kind === 'start')) begun.push(run)
  }
  return steps
}

function planRun(
  run: PlannedRun,
  begun: readonly PlannedRun[],
  { now, runs, limits }: Parameters<typeof planRuns>[2],
): RunStep[] {
  const runId = run.id
  if (!runs(run.appId)) return [{ kind: 'miss', runId, because: 'stopped' }]
  const same = begun.filter((other) => other.appId === run.appId && other.jobName === run.jobName)
  if (run.overlap === 'skip' && same.length > 0) return [{ kind: 'skip', runId }]
  const hasRoom =
    begun.length < limits.total && begun.filter(({ appId }) => appId === run.appId).length < limits.perApp
  const mustWait = run.overlap === 'replace' && same.length > 0
  if (hasRoom && !mustWait) return [{ kind: 'start', runId }]
  if (now.getTime() - run.dueAt.getTime() > startingDeadlineMs)
    return [{ kind: 'miss', runId, because: 'no room' }]
  return mustWait ? same.map(({ id }) => ({ kind: 'end' as const, runId: id })) : []
}

import { ErrorCode } from 'bullmq'
import { queueError } from '../../errors.ts'
import type { JobList, JobRecord, JobState } from '../../job-ledger.ts'
import { type JobName, jobs } from '../../jobs.ts'
import type { OpenQueue } from './open-queue.ts'

type Job = NonNullable<Awaited<ReturnType<OpenQueue['getJob']>>>

/** What one of BullMQ's queues holds, in our words. A job that waits for its next attempt is `delayed` there. */
export async function readJobs(name: JobName, queue: OpenQueue, limit: number): Promise<JobList> {
  const to = limit - 1
  const [running, waiting, delayed, failed, counts] = await Promise.all([
    queue.getJobs('active', 0, to, true),
    queue.getJobs('waiting', 0, to, true),
    queue.getJobs('delayed', 0, to, true),
    queue.getJobs('failed', 0, to, false),
    queue.getJobCounts('active', 'waiting', 'delayed', 'failed'),
  ])
  const { active = 0, waiting: ready = 0, delayed: later = 0, failed: given = 0 } = counts
  return {
    counts: { running: active, waiting: ready + later, failed: given },
    jobs: [
      ...recordsOf(name, running, 'running'),
      ...recordsOf(name, [...waiting, ...delayed].slice(0, limit), 'waiting'),
      ...recordsOf(name, failed, 'failed'),
    ],
  }
}

/** @throws QUEUE.JOB_NOT_FOUND, QUEUE.JOB_NOT_FAILED */
export async function retryJob(name: JobName, queue: OpenQueue, jobId: string): Promise<JobRecord> {
  const job = await queue.getJob(jobId)
  if (job === undefined) throw queueError['QUEUE.JOB_NOT_FOUND']()
  const before = recordOf(name, job, 'failed')
  try {
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === ErrorCode.JobNotInState) throw queueError['QUEUE.JOB_NOT_FAILED']()
    if (code === ErrorCode.JobNotExist) throw queueError['QUEUE.JOB_NOT_FOUND']()
    throw error
  }
  return { ...before, state: 'waiting', attemptsMade: 0 }
}

/** A job that went away between the look for its id and the look at it is missing. */
function recordsOf(name: JobName, found: readonly (Job | undefined)[], state: JobState): JobRecord[] {
  return found.flatMap((job) => (job ? [recordOf(name, job, state)] : []))
}

function recordOf(name: JobName, job: Job, state: JobState): JobRecord {
  return {
    jobId: job.id ?? '',
    name,
    state,
    payload: job.data,
    attemptsMade: job.attemptsMade,
    attempts: job.opts.attempts ?? jobs[name].attempts,
    addedAt: new Date(job.timestamp),
    startedAt: dateOf(job.processedOn),
    endedAt: dateOf(job.finishedOn),
    reason: job.failedReason || null,
  }
}

function dateOf(ms: number | null | undefined): Date | null {
  return ms ? new Date(ms) : null
}

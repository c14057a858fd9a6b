import type { JobName } from './jobs.ts'

/**
 * The side that looks after what was asked: what waits, what is carried out, what was given up. Jobs that were done are
 * of no interest here. Whoever asks for a job needs none of this.
 */
export interface JobLedger {
  /** Running ones first, then those that wait (the next one first), then those given up (the newest first); `limit` of each. */
  list(limit: number): Promise<JobList>
  /** Carries a job that was given up out once more, with all its attempts. @throws QUEUE.JOB_NOT_FOUND, QUEUE.JOB_NOT_FAILED */
  retry(name: JobName, jobId: string): Promise<JobRecord>
}

export const jobStates = ['running', 'waiting', 'failed'] as const
export type JobState = (typeof jobStates)[number]

export type JobList = { counts: Readonly<Record<JobState, number>>; jobs: JobRecord[] }

export type JobRecord = {
  jobId: string
  name: JobName
  state: JobState
  /** As it lies in the queue: to be parsed by whoever reads it. */
  payload: unknown
  /** Attempts that have ended. */
  attemptsMade: number
  attempts: number
  addedAt: Date
  /** Of the last attempt. */
  startedAt: Date | null
  endedAt: Date | null
  /** What the last attempt that ended ended with: `CODE: message`, or the message of a bug. */
  reason: string | null
}

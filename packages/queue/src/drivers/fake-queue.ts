import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import {
  type Concurrency,
  carryOut,
  defaultConcurrency,
  type JobFailure,
  type RunningProcessors,
} from '../carry-out.ts'
import { queueError } from '../errors.ts'
import type { JobLedger, JobRecord, JobState } from '../job-ledger.ts'
import { type JobName, type JobQueue, jobs, type Processors } from '../jobs.ts'
import { joinJobLists } from '../join-job-lists.ts'
import { parsePayload } from '../payloads.ts'

/**
 * Queue and worker in one process, in memory: the same contract as BullMQ's but for what outlives a process.
 */
export function fakeQueue(): {
  queue: JobQueue & JobLedger
  startProcessors(
    processors: Processors,
    options?: { concurrency?: Concurrency; onFailure?: (failure: JobFailure) => void },
  ): Promise<RunningProcessors>
} {
  const waiting: Waiting[] = []
  const failed: Waiting[] = []
  const running = new Set<Running>()
  let take = () => {}
  return {
    queue: {
      add: async (name, payload) => {
        const jobId = randomUUID()
        const given = structuredClone(parsePayload(name, payload))
        waiting.push({ name, jobId, payload: given, attempt: 1, ...noTimes, addedAt: new Date() })
        take()
        return jobId
      },
      list: async (limit) => {
        const now = {
          running: [...running].map(({ job }) => job),
          waiting,
          failed,
        }
        const counts = {
          running: now.running.length,
          waiting: waiting.length,
          failed: failed.length,
        }
        const records = (state: JobState) => now[state].map((job) => recordOf(job, state))
        const all = [...records('running'), ...records('waiting'), ...records('failed')]
        return joinJobLists([{ counts, jobs: all }], limit)
      },
      retry: async (name, jobId) => {
        const isIt = (job: Waiting) => job.name === name && job.jobId === jobId
        const job = failed.find(isIt)
        if (job === undefined) {
          const isThere = waiting.some(isIt) || [...running].some((one) => isIt(one.job))
          throw queueError[isThere ? 'QUEUE.JOB_NOT_FAILED' : 'QUEUE.JOB_NOT_FOUND']()
        }
        failed.splice(failed.indexOf(job), 1)
        const again = { ...job, attempt: 1 }
        waiting.push(again)
        take()
        return recordOf(again, 'waiting')
      },
      close: async () => undefined,
    },
    startProcessors: async (processors, options = {}) => {
      const closing = new AbortController()
      take = () => {
        for (const job of takeable(waiting, running, options.concurrency)) {
          waiting.splice(waiting.indexOf(job), 1)
          job.startedAt = new Date()
          const work: Running = { job, done: Promise.resolve() }
          running.add(work)
          const around = { processors, closing: closing.signal, waiting, failed, ...options }
          work.done = attempt(job, around).finally(() => {
            running.delete(work)
            if (!closing.signal.aborted) take()
          })
        }
      }
      take()
      return {
        close: async ({ timeoutMs = 10_000 } = {}) => {
          take = () => {}
          closing.abort(new Error('The worker is closing.'))
          const ended = Promise.all([...running].map(({ done }) => done))
          await Promise.race([ended, sleep(timeoutMs, undefined, { ref: false })])
        },
      }
    },
  }
}

type Waiting = { name: JobName; jobId: string; payload: unknown; attempt: number } & Pick<
  JobRecord,
  'addedAt' | 'startedAt' | 'endedAt' | 'reason'
>
type Running = { job: Waiting; done: Promise<void> }

const noTimes = { startedAt: null, endedAt: null, reason: null }

function recordOf({ attempt, ...job }: Waiting, state: JobState): JobRecord {
  const attemptsMade = state === 'failed' ? attempt : attempt - 1
  return {
    ...job,
    payload: structuredClone(job.payload),
    state,
    attemptsMade,
    attempts: jobs[job.name].attempts,
  }
}

function takeable(
  waiting: readonly Waiting[],
  running: ReadonlySet<Running>,
  concurrency: Concurrency = {},
): Waiting[] {
  const free = new Map<JobName, number>()
  return waiting.filter(({ name }) => {
    const limit = concurrency[name] ?? defaultConcurrency[name]
    const left = free.get(name) ?? limit - [...running].filter(({ job }) => job.name === name).length
    free.set(name, left - 1)
    return left > 0
  })
}

async function attempt(
  job: Waiting,
  options: {
    processors: Processors
    closing: AbortSignal
    waiting: Waiting[]
    failed: Waiting[]
    onFailure?: (failure: JobFailure) => void
  },
): Promise<void> {
  const { processors, closing, waiting, failed, onFailure } = options
  try {
    await carryOut({ name: job.name, payload: job.payload, processors, signal: closing })
  } catch (error) {
    if (closing.aborted) {
      waiting.unshift(job)
      return
    }
    const helps = !isBerthError(error) || error.retryable
    const willRetry = helps && job.attempt < jobs[job.name].attempts
    onFailure?.({ name: job.name, jobId: job.jobId, error, willRetry })
    const ended = { ...job, reason: reasonOf(error, helps), endedAt: willRetry ? null : new Date() }
    if (willRetry) waiting.push({ ...ended, attempt: job.attempt + 1 })
    else failed.push(ended)
  }
}

/** As BullMQ's side puts it: with the code where trying again does not help. */
function reasonOf(error: unknown, helps: boolean): string {
  if (isBerthError(error) && !helps) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

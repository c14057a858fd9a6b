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
import { type JobName, type JobQueue, jobs, type Processors } from '../jobs.ts'
import { parsePayload } from '../payloads.ts'

/**
 * Queue and worker in one process, in memory: the same contract as BullMQ's but for what outlives a process.
 */
export function fakeQueue(): {
  queue: JobQueue
  startProcessors(
    processors: Processors,
    options?: { concurrency?: Concurrency; onFailure?: (failure: JobFailure) => void },
  ): Promise<RunningProcessors>
} {
  const waiting: Waiting[] = []
  let take = () => {}
  return {
    queue: {
      add: async (name, payload) => {
        const jobId = randomUUID()
        waiting.push({ name, jobId, payload: structuredClone(parsePayload(name, payload)), attempt: 1 })
        take()
        return jobId
      },
      close: async () => undefined,
    },
    startProcessors: async (processors, options = {}) => {
      const closing = new AbortController()
      const running = new Set<Running>()
      take = () => {
        for (const job of takeable(waiting, running, options.concurrency)) {
          waiting.splice(waiting.indexOf(job), 1)
          const work: Running = { name: job.name, done: Promise.resolve() }
          running.add(work)
          work.done = attempt(job, { processors, closing: closing.signal, waiting, ...options }).finally(
            () => {
              running.delete(work)
              if (!closing.signal.aborted) take()
            },
          )
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

type Waiting = { name: JobName; jobId: string; payload: unknown; attempt: number }
type Running = { name: JobName; done: Promise<void> }

function takeable(
  waiting: readonly Waiting[],
  running: ReadonlySet<Running>,
  concurrency: Concurrency = {},
): Waiting[] {
  const free = new Map<JobName, number>()
  return waiting.filter(({ name }) => {
    const limit = concurrency[name] ?? defaultConcurrency[name]
    const left = free.get(name) ?? limit - [...running].filter((one) => one.name === name).length
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
    onFailure?: (failure: JobFailure) => void
  },
): Promise<void> {
  const { processors, closing, waiting, onFailure } = options
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
    if (willRetry) waiting.push({ ...job, attempt: job.attempt + 1 })
  }
}

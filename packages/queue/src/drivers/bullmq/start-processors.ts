import { isBerthError } from '@berth/domain'
import { createPostgresBackend, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import type { Pool } from 'pg'
import {
  type Concurrency,
  carryOut,
  defaultConcurrency,
  type JobFailure,
  type RunningProcessors,
} from '../../carry-out.ts'
import { type JobName, jobs, type Processors } from '../../jobs.ts'
import { jobNames } from '../../payloads.ts'
import { isConnectionLost, openPool, prepareSchema, type QueueConnection } from './connection.ts'

/**
 * A worker killed outright leaves its jobs locked until the lock runs out. Locks are short, so that the next worker has
 * them back within 10 s: `lockMs` to run out, and two looks `stalledIntervalMs` apart, one to mark and one to take.
 */
const lockMs = 4_000
const stalledIntervalMs = 2_000
/** A job that kills its worker each time is given up after this many. */
const maxStalledCount = 5
/** Without a notification an idle worker asks again after this long; notifications take a few ms. */
const idlePollSeconds = 30

/**
 * Carries jobs out until it is closed. An expected error that does not help to try again ends a job at once; any other
 * is tried again with growing delays, as often as the catalogue says. Survives restarts of the database.
 */
export async function startProcessors(
  connection: QueueConnection,
  processors: Processors,
  options: { concurrency?: Concurrency; onFailure?: (failure: JobFailure) => void } = {},
): Promise<RunningProcessors> {
  // One connection a kind listens; the others are for what is asked.
  const pool = openPool(connection, jobNames.length + 6)
  await prepareSchema(pool)
  const closing = new AbortController()
  const run = onceAtATime((job) => takeJob(job, processors, closing.signal))
  const workers = jobNames.map((name) => {
    const concurrency = options.concurrency?.[name] ?? defaultConcurrency[name]
    return startWorker({ name, pool, concurrency, run, onFailure: options.onFailure ?? (() => undefined) })
  })
  await Promise.all(workers.map((worker) => worker.waitUntilReady()))
  let closed: Promise<void> | undefined
  return {
    close: ({ timeoutMs = 10_000 } = {}) => {
      closed ??= close({ workers, pool, closing, timeoutMs })
      return closed
    },
  }
}

type Run = (job: Job, token: string) => Promise<void>

function startWorker(options: {
  name: JobName
  pool: Pool
  concurrency: number
  run: Run
  onFailure: (failure: JobFailure) => void
}) {
  const { name, pool, concurrency, run, onFailure } = options
  const worker = new Worker(
    name,
    (job, token = '') => run(job, token),
    {
      connection: pool,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledIntervalMs,
      maxStalledCount,
      drainDelay: idlePollSeconds,
      runRetryDelay: 250,
      removeOnComplete: { count: 100 },
      removeOnFail: { count: 300 },
    },
    createPostgresBackend,
  )
  worker.on('failed', (job, error) => {
    const willRetry = job !== undefined && job.finishedOn === undefined
    onFailure({ name, jobId: job?.id ?? 'unknown', error: error.cause ?? error, willRetry })
  })
  worker.on('error', (error) => {
    if (!isConnectionLost(error)) onFailure({ name, jobId: 'unknown', error, willRetry: true })
  })
  return worker
}

/** BullMQ's words for what becomes of the job. */
async function takeJob(job: Job, processors: Processors, closing: AbortSignal): Promise<void> {
  const name = job.name as JobName
  try {
    if (!Object.hasOwn(jobs, name)) throw new UnrecoverableError(`There is no job ${name}.`)
    await carryOut({ name, payload: job.data, processors, signal: closing })
  } catch (error) {
    if (closing.aborted) throw new WaitingError('The worker is closing.')
    if (!isBerthError(error) || error.retryable) throw error
    throw Object.assign(new UnrecoverableError(`${error.code}: ${error.message}`), { cause: error })
  }
}

/**
 * A lock may run out while its job is still being carried out here: the database was away, or this process was stopped
 * for seconds. BullMQ then hands the job out anew. The second taker waits for what runs already instead of doing the
 * same work beside it.
 */
function onceAtATime(start: (job: Job) => Promise<void>): Run {
  const running = new Map<string, Promise<void>>()
  return async (job, token) => {
    const key = `${job.queueName}/${job.id}`
    const work = running.get(key) ?? start(job).finally(() => running.delete(key))
    running.set(key, work)
    try {
      await work
    } catch (error) {
      if (error instanceof WaitingError) await job.moveToWait(token)
      throw error
    }
  }
}

/** Within the time given, also where a processor does not heed its signal: then the lock runs out by itself. */
async function close(options: {
  workers: readonly Pick<Worker, 'close'>[]
  pool: Pool
  closing: AbortController
  timeoutMs: number
}): Promise<void> {
  const { workers, pool, closing, timeoutMs } = options
  closing.abort(new Error('The worker is closing.'))
  const gentle = Promise.allSettled(workers.map((worker) => worker.close()))
  if (!(await within(timeoutMs, gentle))) {
    await within(1_000, Promise.allSettled(workers.map((worker) => worker.close(true))))
  }
  await within(1_000, pool.end())
}

/** False: it took longer. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  const inTime = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return inTime
}

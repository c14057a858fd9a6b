import { randomUUID } from 'node:crypto'
import { isBerthError } from '@berth/domain'
import { queueError } from '../../errors.ts'
import type { JobLedger } from '../../job-ledger.ts'
import { type Job, type JobName, type JobQueue, jobs } from '../../jobs.ts'
import { joinJobLists } from '../../join-job-lists.ts'
import { jobNames, parsePayload } from '../../payloads.ts'
import { isConnectionLost, openPool, prepareSchema, type QueueConnection, whileAway } from './connection.ts'
import { type OpenQueue, openQueue } from './open-queue.ts'
import { readJobs, retryJob } from './read-jobs.ts'

/**
 * Jobs over BullMQ on PostgreSQL. Connects when first used. While the database is away, `add` waits for it up to 10 s;
 * a job has its id before it is sent, so trying again never makes two.
 */
export function openJobQueue(
  connection: QueueConnection,
  options: { retryForMs?: number } = {},
): JobQueue & JobLedger {
  const retryForMs = options.retryForMs ?? 10_000
  const pool = openPool(connection, 2)
  const queues = new Map<JobName, OpenQueue>()
  let prepared: Promise<void> | undefined

  const queueFor = async (name: JobName): Promise<OpenQueue> => {
    prepared ??= prepareSchema(pool, 0).catch((error) => {
      prepared = undefined
      throw error
    })
    await prepared
    const queue = queues.get(name) ?? openQueue(name, pool)
    queues.set(name, queue)
    return queue
  }
  const forget = (name: JobName) => {
    queues
      .get(name)
      ?.close()
      .catch(() => undefined) // It is broken already; its pool is ours.
    queues.delete(name)
  }
  const on = async <Result>(name: JobName, work: (queue: OpenQueue) => Promise<Result>): Promise<Result> => {
    try {
      return await whileAway(retryForMs, async () => {
        try {
          return await work(await queueFor(name))
        } catch (error) {
          // A queue that failed while it opened stays so.
          if (!isBerthError(error)) forget(name)
          throw error
        }
      })
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      throw queueError['QUEUE.UNAVAILABLE'](undefined, { cause: error })
    }
  }
  return {
    async add(name, given) {
      const payload = parsePayload(name, given)
      const jobId = randomUUID()
      await on(name, (queue) => queue.add(name, payload, { jobId, ...retries(name) }))
      return jobId
    },
    async list(limit) {
      const lists = []
      for (const name of jobNames) lists.push(await on(name, (queue) => readJobs(name, queue, limit)))
      return joinJobLists(lists, limit)
    },
    retry: (name, jobId) => on(name, (queue) => retryJob(name, queue, jobId)),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await pool.end()
    },
  }
}

function retries(name: JobName) {
  const { attempts, retryAfterMs = 500 }: Job = jobs[name]
  return { attempts, backoff: { type: 'exponential', delay: retryAfterMs } }
}

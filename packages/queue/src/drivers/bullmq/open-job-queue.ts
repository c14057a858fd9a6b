import { randomUUID } from 'node:crypto'
import { createPostgresBackend, Queue } from 'bullmq'
import type { Pool } from 'pg'
import { queueError } from '../../errors.ts'
import { type Job, type JobName, type JobQueue, jobs } from '../../jobs.ts'
import { parsePayload } from '../../payloads.ts'
import { isConnectionLost, openPool, prepareSchema, type QueueConnection, whileAway } from './connection.ts'

/** Finished jobs are kept for a look back, and no more than this many of each kind. */
const kept = { removeOnComplete: { count: 100 }, removeOnFail: { count: 300 } }

/**
 * Jobs over BullMQ on PostgreSQL. Connects when first used. While the database is away, `add` waits for it up to 10 s;
 * a job has its id before it is sent, so trying again never makes two.
 */
export function openJobQueue(connection: QueueConnection, options: { retryForMs?: number } = {}): JobQueue {
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
  return {
    async add(name, given) {
      const payload = parsePayload(name, given)
      const jobId = randomUUID()
      try {
        await whileAway(retryForMs, async () => {
          try {
            await (await queueFor(name)).add(name, payload, { jobId, ...retries(name) })
          } catch (error) {
            forget(name) // A queue that failed while it opened stays so.
            throw error
          }
        })
      } catch (error) {
        if (!isConnectionLost(error)) throw error
        throw queueError['QUEUE.UNAVAILABLE'](undefined, { cause: error })
      }
      return jobId
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await pool.end()
    },
  }
}

type OpenQueue = ReturnType<typeof openQueue>

function openQueue(name: JobName, pool: Pool) {
  const options = { connection: pool, streams: { events: { maxLen: 100 } }, defaultJobOptions: kept }
  const queue = new Queue(name, options, createPostgresBackend)
  queue.on('error', () => undefined) // What it was doing reports it too.
  return queue
}

function retries(name: JobName) {
  const { attempts, retryAfterMs = 500 }: Job = jobs[name]
  return { attempts, backoff: { type: 'exponential', delay: retryAfterMs } }
}

import { createPostgresBackend, Queue } from 'bullmq'
import type { Pool } from 'pg'
import type { JobName } from '../../jobs.ts'

/** Finished jobs are kept for a look back, and no more than this many of each kind. */
const kept = { removeOnComplete: { count: 100 }, removeOnFail: { count: 300 } }

export type OpenQueue = ReturnType<typeof openQueue>

export function openQueue(name: JobName, pool: Pool) {
  const options = { connection: pool, streams: { events: { maxLen: 100 } }, defaultJobOptions: kept }
  const queue = new Queue(name, options, createPostgresBackend)
  queue.on('error', () => undefined) // What it was doing reports it too.
  return queue
}

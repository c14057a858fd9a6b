import type { JobLedger } from '../../job-ledger.ts'
import type { JobQueue } from '../../jobs.ts'
import type { QueueConnection } from './connection.ts'

/**
 * The real queue, for a process that gives its first order late or never: BullMQ takes 15 MB and a quarter of a second to
 * load, so it is loaded then.
 */
export function queueOnFirstUse(connection: QueueConnection): JobQueue & JobLedger {
  let opening: Promise<JobQueue & JobLedger> | undefined
  const open = async () => (await import('./open-job-queue.ts')).openJobQueue(connection)
  const opened = () => {
    opening ??= open()
    return opening
  }
  return {
    add: async (name, payload) => (await opened()).add(name, payload),
    list: async (limit) => (await opened()).list(limit),
    retry: async (name, jobId) => (await opened()).retry(name, jobId),
    async close() {
      await (await opening)?.close()
    },
  }
}

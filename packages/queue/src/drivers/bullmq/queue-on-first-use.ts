import type { JobQueue } from '../../jobs.ts'
import type { QueueConnection } from './connection.ts'

/**
 * The real queue, for a process that gives its first order late or never: BullMQ takes 15 MB and a quarter of a second to
 * load, so it is loaded then.
 */
export function queueOnFirstUse(connection: QueueConnection): JobQueue {
  let opening: Promise<JobQueue> | undefined
  const open = async () => (await import('./open-job-queue.ts')).openJobQueue(connection)
  return {
    async add(name, payload) {
      opening ??= open()
      return (await opening).add(name, payload)
    },
    async close() {
      await (await opening)?.close()
    },
  }
}

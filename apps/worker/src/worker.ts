import { beginAfresh } from '@berth/command'
import { readSettings } from '@berth/domain'
import { startWorker } from './start-worker.ts'
import { wire } from './wiring.ts'

/** The worker: the only process with root. It takes its orders from the queue, and owns the engine and the front door. */
const closeWithinMs = 15_000

beginAfresh()

const worker = await startWorker(await wire(readSettings(process.env)))
console.log('the worker is ready')

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end())

/** Whatever is not done in time is left to the next worker, as after a crash. */
async function end(): Promise<void> {
  setTimeout(() => process.exit(1), closeWithinMs).unref()
  await worker.close()
  process.exit(0)
}

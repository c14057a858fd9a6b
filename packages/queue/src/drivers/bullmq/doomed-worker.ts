import { parentPort, workerData } from 'node:worker_threads'
import { startProcessors } from './start-processors.ts'

/** For bullmq.test.ts: takes a deploy job, tells so, and never ends it. Run in a thread that the test ends abruptly. */
const forEver = () => new Promise<void>(() => undefined)

await startProcessors(workerData as { connectionString: string }, {
  build: forEver,
  deploy: () => {
    parentPort?.postMessage('taken')
    return forEver()
  },
  'remove-app': forEver,
  'converge-app': forEver,
  notify: forEver,
  'restart-instances': forEver,
  'look-after-certificates': forEver,
})

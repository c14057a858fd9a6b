import { queueError } from './errors.ts'
import { type JobName, jobs, type Processors } from './jobs.ts'
import { parsePayload } from './payloads.ts'

/** What both drivers do with one job: parse its payload, bound its time, call its processor. */

export type Concurrency = Readonly<Partial<Record<JobName, number>>>

/** How many jobs of a kind run at the same time: builds are heavy, deployments mostly wait. */
export const defaultConcurrency: Readonly<Record<JobName, number>> = {
  build: 2,
  deploy: 8,
  'remove-app': 2,
  'converge-app': 4,
  'look-after-certificates': 1,
  notify: 4,
  'restart-instances': 8,
}

/** An unexpected error, or a job that was given up: for the worker's log. */
export type JobFailure = { name: JobName; jobId: string; error: unknown; willRetry: boolean }

/** The side that carries jobs out, while it runs. */
export type RunningProcessors = {
  /** Aborts what runs, waits for it up to `timeoutMs` (10 s), and lets go. What was aborted is taken up again later. */
  close(options?: { timeoutMs?: number }): Promise<void>
}

/** @throws QUEUE.PAYLOAD_INVALID, QUEUE.TIMED_OUT, and whatever the processor throws */
export async function carryOut<Name extends JobName>(options: {
  name: Name
  payload: unknown
  processors: Processors
  signal: AbortSignal
  timeoutMs?: number
}): Promise<void> {
  const { name, processors, timeoutMs = jobs[name].timeoutMs } = options
  const payload = parsePayload(name, options.payload)
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([options.signal, timeout])
  signal.throwIfAborted()
  const work = processors[name](payload, { signal })
  try {
    await work
  } catch (error) {
    if (timeout.aborted && !options.signal.aborted) {
      throw queueError['QUEUE.TIMED_OUT']({ name, timeoutMs }, { cause: error })
    }
    throw error
  }
}

import { z } from 'zod'

/**
 * The catalogue of jobs: what can be asked of the worker, with the shape of each payload. Payloads are parsed where a
 * job is added and again where it is taken: the worker has root and trusts nothing.
 */
const id = z.uuid()

export const jobs = {
  /** Build a revision; on success make a release, a deployment, and queue `deploy`. */
  build: {
    payload: z.object({ buildId: id, objects: z.object({ quarantine: z.string().max(500).nullable() }) }),
    attempts: 3,
    // With its wait for the turn of its app, and for a slot.
    timeoutMs: 4 * 60 * 60_000,
  },
  /** Carry a deployment out, with up to four tasks around it of 20 minutes each. */
  deploy: { payload: z.object({ deploymentId: id }), attempts: 3, timeoutMs: 100 * 60_000 },
  /** Stop and remove everything of an app, then its records. */
  'remove-app': { payload: z.object({ appId: id }), attempts: 10, timeoutMs: 10 * 60_000 },
  /** Make what runs equal to what should run: scale, restart, routes. */
  'converge-app': { payload: z.object({ appId: id }), attempts: 3, timeoutMs: 10 * 60_000 },
  /** Look at once after the names that certificates are wanted for. */
  'look-after-certificates': { payload: z.object({}), attempts: 3, timeoutMs: 2 * 60_000 },
  /** Send a notification: 9 attempts reach over 21 minutes. */
  notify: { payload: z.object({ deliveryId: id }), attempts: 9, timeoutMs: 2 * 60_000, retryAfterMs: 5_000 },
  /** Replace a process type's instances that were there `before`; `index` null: all of them. */
  'restart-instances': {
    payload: z.object({
      appId: id,
      type: z.string().max(40),
      index: z.int().min(1).nullable(),
      before: z.iso.datetime(),
    }),
    attempts: 3,
    timeoutMs: 10 * 60_000,
  },
} as const satisfies Record<string, Job>

/** `retryAfterMs`: until the second attempt; each further one waits twice as long. Half a second, unless said otherwise. */
export type Job = { payload: z.ZodType; attempts: number; timeoutMs: number; retryAfterMs?: number }

export type JobName = keyof typeof jobs
export type Payload<Name extends JobName> = z.output<(typeof jobs)[Name]['payload']>

/** The side that asks. Returns the job's id. @throws QUEUE.UNAVAILABLE */
export interface JobQueue {
  add<Name extends JobName>(name: Name, payload: Payload<Name>): Promise<string>
  close(): Promise<void>
}

/** The side that carries out; `signal` is aborted on timeout and when the worker closes. */
export type Processors = {
  [Name in JobName]: (payload: Payload<Name>, context: { signal: AbortSignal }) => Promise<void>
}

import { z } from 'zod'
import { queueError } from './errors.ts'
import { type JobName, jobs, type Payload } from './jobs.ts'

export const jobNames = Object.keys(jobs) as readonly JobName[]

/** @throws QUEUE.PAYLOAD_INVALID */
export function parsePayload<Name extends JobName>(name: Name, given: unknown): Payload<Name> {
  const parsed = jobs[name].payload.safeParse(given)
  if (!parsed.success) {
    throw queueError['QUEUE.PAYLOAD_INVALID']({ name, reason: z.prettifyError(parsed.error) })
  }
  return parsed.data as Payload<Name>
}

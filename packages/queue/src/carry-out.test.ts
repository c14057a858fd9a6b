import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { carryOut } from './carry-out.ts'
import type { Processors } from './jobs.ts'

const processors = (deploy: Processors['deploy']): Processors => {
  const none = async () => undefined
  return {
    build: none,
    deploy,
    'remove-app': none,
    'converge-app': none,
    notify: none,
    'restart-instances': none,
    'look-after-certificates': none,
  }
}
const job = {
  name: 'deploy' as const,
  payload: { deploymentId: randomUUID() },
  signal: new AbortController().signal,
}
const untilAborted: Processors['deploy'] = (_, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('a job that takes too long is given up, and not tried again', async () => {
  const work = carryOut({ ...job, processors: processors(untilAborted), timeoutMs: 20 })
  await expect(work).rejects.toMatchObject({ code: 'QUEUE.TIMED_OUT', retryable: false })
})

test('a payload is parsed again where it is taken', async () => {
  const work = carryOut({
    ...job,
    payload: { deploymentId: 1 },
    processors: processors(async () => undefined),
  })
  await expect(work).rejects.toMatchObject({ code: 'QUEUE.PAYLOAD_INVALID' })
})

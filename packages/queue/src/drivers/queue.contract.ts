import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorTable } from '@berth/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Concurrency, JobFailure, RunningProcessors } from '../carry-out.ts'
import type { JobLedger } from '../job-ledger.ts'
import type { JobQueue, Processors } from '../jobs.ts'

export type QueueUnderTest = {
  queue: JobQueue & JobLedger
  startProcessors(
    processors: Processors,
    options: { concurrency?: Concurrency; onFailure: (failure: JobFailure) => void },
  ): Promise<RunningProcessors>
}

const testError = errorTable({
  'TEST.FINAL': { message: () => 'no', hint: () => '', fault: 'user', retryable: false },
  'TEST.PASSING': { message: () => 'not yet', hint: () => '', fault: 'system', retryable: true },
})

/** What both drivers of the queue promise. */
export function describeQueue(make: () => QueueUnderTest): void {
  let subject: QueueUnderTest
  let started: RunningProcessors[]
  let failures: JobFailure[]
  beforeEach(() => {
    subject = make()
    started = []
    failures = []
  })
  afterEach(async () => {
    await Promise.all(started.map((one) => one.close({ timeoutMs: 1_000 })))
  })

  const start = async (processors: Partial<Processors>, concurrency?: Concurrency) => {
    const none = () => Promise.reject(new Error('no such processor here'))
    const all = {
      build: none,
      deploy: none,
      'remove-app': none,
      'converge-app': none,
      notify: none,
      'restart-instances': none,
      'look-after-certificates': none,
      ...processors,
    }
    const running = await subject.startProcessors(all, {
      concurrency,
      onFailure: (failure) => failures.push(failure),
    })
    started.push(running)
    return running
  }
  const addDeploy = async (deploymentId: string = randomUUID()) => {
    await subject.queue.add('deploy', { deploymentId })
    return deploymentId
  }

  test('a job reaches its processor with its payload', async () => {
    const seen: unknown[] = []
    await start({ deploy: async (payload) => void seen.push(payload) })
    const deploymentId = await addDeploy()
    await expect.poll(() => seen).toEqual([{ deploymentId }])
  })

  test('a job that was added before the worker started is carried out', async () => {
    const seen: string[] = []
    const id = await addDeploy()
    await start({ deploy: async ({ deploymentId }) => void seen.push(deploymentId) })
    await expect.poll(() => seen).toEqual([id])
  })

  test('a payload of another shape is refused where it is added', async () => {
    const add = subject.queue.add('deploy', { deploymentId: '../../etc' })
    await expect(add).rejects.toMatchObject({ code: 'QUEUE.PAYLOAD_INVALID' })
  })

  test('an unexpected error is tried again', async () => {
    let tries = 0
    await start({
      deploy: async () => {
        if (++tries < 3) throw new Error('a hiccup')
      },
    })
    await addDeploy()
    await expect.poll(() => tries, { timeout: 8_000 }).toBe(3)
    expect(failures.map(({ willRetry }) => willRetry)).toEqual([true, true])
  })

  test('an expected error that may pass is tried again, up to the limit', async () => {
    let tries = 0
    await start({
      deploy: async () => {
        tries++
        throw testError['TEST.PASSING']()
      },
    })
    await addDeploy()
    await expect.poll(() => failures.length, { timeout: 8_000 }).toBe(3)
    expect(tries).toBe(3)
    expect(failures.at(-1)).toMatchObject({ willRetry: false })
  })

  test('an expected error that trying again does not help ends the job at once', async () => {
    let tries = 0
    await start({
      deploy: async () => {
        tries++
        throw testError['TEST.FINAL']()
      },
    })
    await addDeploy()
    await expect.poll(() => failures.length).toBe(1)
    await sleep(1_000)
    expect({ tries, failure: failures[0] }).toMatchObject({
      tries: 1,
      failure: { name: 'deploy', willRetry: false, error: { code: 'TEST.FINAL' } },
    })
  })

  test('several run at the same time, and no more than allowed', async () => {
    let running = 0
    let most = 0
    let done = 0
    const deploy = async () => {
      most = Math.max(most, ++running)
      await sleep(100)
      running--
      done++
    }
    await start({ deploy }, { deploy: 3 })
    await Promise.all(Array.from({ length: 9 }, () => addDeploy()))
    await expect.poll(() => done, { timeout: 8_000 }).toBe(9)
    expect(most).toBe(3)
  })

  test('closing aborts what runs, and the next worker takes it up', async () => {
    let aborted = false
    const running = await start({
      deploy: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true
            reject(signal.reason)
          })
        }),
    })
    const id = await addDeploy()
    await sleep(300)
    await running.close()
    expect(aborted).toBe(true)
    expect(failures).toEqual([])

    const seen: string[] = []
    await start({ deploy: async ({ deploymentId }) => void seen.push(deploymentId) })
    await expect.poll(() => seen, { timeout: 8_000 }).toEqual([id])
  })

  test('closing does not wait for a processor that heeds no signal', async () => {
    const running = await start({ deploy: () => new Promise(() => undefined) })
    await addDeploy()
    await sleep(300)
    const begun = performance.now()
    await running.close({ timeoutMs: 200 })
    expect(performance.now() - begun).toBeLessThan(4_000)
  })
  const listed = async () => {
    const { counts, jobs } = await subject.queue.list(20)
    return {
      counts,
      jobs: jobs.map(({ state, payload, attemptsMade }) => ({ state, payload, attemptsMade })),
    }
  }

  test('what waits and what is carried out is listed, what is done is not', async () => {
    const running = await addDeploy()
    let done = 0
    const processor = async ({ deploymentId }: { deploymentId: string }) => {
      if (deploymentId === running) await new Promise(() => undefined)
      done++
    }
    await start({ deploy: processor }, { deploy: 2 })
    await addDeploy()
    await expect.poll(() => done).toBe(1)
    await started[0]?.close({ timeoutMs: 1 })
    const waiting = await addDeploy()
    await expect
      .poll(async () => (await listed()).jobs)
      .toEqual([
        { state: 'running', payload: { deploymentId: running }, attemptsMade: 0 },
        { state: 'waiting', payload: { deploymentId: waiting }, attemptsMade: 0 },
      ])
    expect((await listed()).counts).toEqual({ running: 1, waiting: 1, failed: 0 })
  })

  test('a job that was given up says why, and is carried out once more when somebody asks', async () => {
    let isBroken = true
    const deploy = async () => {
      if (isBroken) throw testError['TEST.FINAL']()
    }
    await start({ deploy })
    const deploymentId = await addDeploy()
    await expect.poll(async () => (await listed()).counts.failed).toBe(1)
    const [job] = (await subject.queue.list(20)).jobs
    expect(job).toMatchObject({ state: 'failed', name: 'deploy', payload: { deploymentId }, attempts: 3 })
    expect(job?.reason).toBe('TEST.FINAL: no')
    expect(job?.endedAt).toBeInstanceOf(Date)

    isBroken = false
    const again = await subject.queue.retry('deploy', job?.jobId ?? '')
    expect(again).toMatchObject({ state: 'waiting', payload: { deploymentId }, attemptsMade: 0 })
    await expect.poll(async () => (await listed()).jobs, { timeout: 8_000 }).toEqual([])
  })

  test('of many, the list has as many as were asked for, and counts all', async () => {
    for (let number = 0; number < 5; number++) await addDeploy()
    await subject.queue.add('notify', { deliveryId: randomUUID() })
    const { counts, jobs } = await subject.queue.list(3)
    expect(counts).toEqual({ running: 0, waiting: 6, failed: 0 })
    expect(jobs.map(({ name }) => name)).toEqual(['deploy', 'deploy', 'deploy'])
  })

  test('a job that was not given up, or is not there, is not tried again', async () => {
    const jobId = await subject.queue.add('deploy', { deploymentId: randomUUID() })
    const early = subject.queue.retry('deploy', jobId)
    await expect(early).rejects.toMatchObject({ code: 'QUEUE.JOB_NOT_FAILED' })
    const gone = subject.queue.retry('deploy', randomUUID())
    await expect(gone).rejects.toMatchObject({ code: 'QUEUE.JOB_NOT_FOUND' })
  })
}

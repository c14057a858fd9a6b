import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type TemporaryDatabase, temporaryDatabase } from '@berth/database/temporary-database.ts'
import { places } from '@berth/domain'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Processors } from '../../jobs.ts'
import { describeQueue } from '../queue.contract.ts'
import { openJobQueue } from './open-job-queue.ts'
import { startProcessors } from './start-processors.ts'

let database: TemporaryDatabase
let connectionString: string

beforeAll(async () => {
  database = await temporaryDatabase({ migrated: false })
  const host = encodeURIComponent(places(database.settings).postgresSocketDirectory)
  connectionString = `postgresql://berth@localhost/berth?host=${host}`
})
afterAll(() => database.remove())

/** Left-over jobs of one test are not for the next. What was registered first runs last: the workers have ended. */
beforeEach(() =>
  onTestFinished(async () => {
    const client = new pg.Client({ connectionString })
    await client.connect()
    try {
      await client.query('DELETE FROM bullmq.job')
    } finally {
      await client.end()
    }
  }),
)

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
const addDeploy = (queue: ReturnType<typeof openJobQueue>) =>
  queue.add('deploy', { deploymentId: randomUUID() })

function open() {
  const queue = openJobQueue({ connectionString })
  onTestFinished(() => queue.close())
  return queue
}

async function startWith(deploy: Processors['deploy']) {
  const running = await startProcessors({ connectionString }, processors(deploy))
  onTestFinished(() => running.close({ timeoutMs: 500 }))
  return running
}

describe('as every queue', () => {
  let queue: ReturnType<typeof openJobQueue>
  beforeEach(() => {
    queue = openJobQueue({ connectionString })
  })
  afterEach(() => queue.close())
  describeQueue(() => ({
    queue,
    startProcessors: (given, options) => startProcessors({ connectionString }, given, options),
  }))
})

test('a job is handed over when it is added, not when somebody looks again', async () => {
  const queue = open()
  let taken = () => {}
  await startWith(async () => taken())
  // A worker that was not told would look again after seconds: so many of them are more than a test has.
  for (let count = 0; count < 30; count++) {
    const done = new Promise<void>((resolve) => {
      taken = resolve
    })
    await addDeploy(queue)
    await done
    await sleep(20)
  }
})

test('a job whose worker was killed is taken up by another', async () => {
  const queue = open()
  const killed = new Worker(new URL('./doomed-worker.ts', import.meta.url), {
    workerData: { connectionString },
  })
  onTestFinished(async () => void (await killed.terminate()))
  const taken = once(killed, 'message')
  await addDeploy(queue)
  await taken
  await killed.terminate() // To the database this is a kill -9: its connections are gone, its locks are not.

  let back = false
  await startWith(async () => {
    back = true
  })
  await expect.poll(() => back, { timeout: 20_000 }).toBe(true)
}, 60_000)

test('a database that is killed and comes back: jobs go on, and none is lost or done twice', async () => {
  const queue = open()
  const seen: string[] = []
  await startWith(async ({ deploymentId }) => void seen.push(deploymentId))
  await addDeploy(queue)
  await expect.poll(() => seen.length).toBe(1)

  await database.kill()
  const added = Promise.all([addDeploy(queue), addDeploy(queue)])
  await sleep(500)
  await database.start()
  await added
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(3)
  await addDeploy(queue)
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(4)
  expect(new Set(seen).size).toBe(4)
})

test('a job whose lock runs out while it is carried out is not carried out beside itself', async () => {
  const queue = open()
  let running = 0
  let most = 0
  await startWith(async () => {
    most = Math.max(most, ++running)
    await sleep(9_000)
    running--
  })
  await addDeploy(queue)
  await expect.poll(() => running).toBe(1)
  await database.kill()
  await sleep(5_000) // Longer than a lock lasts.
  await database.start()
  await expect.poll(() => running, { timeout: 15_000 }).toBe(0)
  await sleep(3_000)
  expect({ most, running }).toEqual({ most: 1, running: 0 })
}, 90_000)

test('a queue that never gets its database says so', async () => {
  const url = 'postgresql://berth@localhost/berth?host=%2Ftmp%2Fnothing-here'
  const queue = openJobQueue({ connectionString: url }, { retryForMs: 200 })
  onTestFinished(() => queue.close())
  await expect(addDeploy(queue)).rejects.toMatchObject({ code: 'QUEUE.UNAVAILABLE' })
})

test('finished jobs do not pile up', async () => {
  const queue = open()
  let done = 0
  await startWith(async () => void done++)
  await Promise.all(Array.from({ length: 150 }, () => addDeploy(queue)))
  await expect.poll(() => done, { timeout: 20_000 }).toBe(150)
  const client = new pg.Client({ connectionString })
  await client.connect()
  onTestFinished(() => client.end())
  const count = async (table: string) =>
    Number((await client.query(`SELECT count(*) FROM bullmq.${table} WHERE queue = 'deploy'`)).rows[0].count)
  await expect.poll(() => count('job')).toBeLessThan(120) // BullMQ keeps about as many as it is told.

  expect(await count('event')).toBeLessThan(1_000)
}, 40_000)

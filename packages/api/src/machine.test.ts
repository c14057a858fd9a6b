import { randomUUID } from 'node:crypto'
import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { errorTable, parseAppName, type Role, readSettings } from '@berth/domain'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import type { JobLedger, JobQueue, Processors } from '@berth/queue'
import { fakeQueue } from '@berth/queue/drivers/fake-queue.ts'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { createCaller } from './router.ts'

let parts: Pick<ApiParts, 'settings' | 'ledger'> & {
  stores: ReturnType<typeof fakeStores>
  live: ReturnType<typeof fakeLiveClient>
}
let queue: JobQueue & JobLedger
let startProcessors: ReturnType<typeof fakeQueue>['startProcessors']
let ada: string
let eve: string

beforeEach(async () => {
  const fake = fakeQueue()
  queue = fake.queue
  startProcessors = fake.startProcessors
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  parts = { stores: fakeStores(), live: fakeLiveClient(), ledger: queue, settings }
  ada = await person('Ada', 'Harbour', 'owner')
  eve = await person('Eve', 'Elsewhere', 'owner')
})

const testError = errorTable({
  'TEST.FINAL': { message: () => 'The disk is full.', hint: () => '', fault: 'system', retryable: false },
})

describe('jobs', () => {
  test('say which app they are about, and what went wrong', async () => {
    const app = await appOf(ada, 'shop')
    const build = await parts.stores.builds.create(app.id, null, {
      source: { kind: 'image', reference: 'debian', pull: false },
      createdById: ada,
    })
    await queue.add('build', { buildId: build.id, objects: { quarantine: null } })
    await giveUp()
    const { counts, jobs } = await as(ada).machine.jobs()
    expect(counts).toEqual({ running: 0, waiting: 0, failed: 1 })
    expect(jobs).toMatchObject([
      {
        ...{ name: 'build', state: 'failed', app: 'shop', deployment: build.id, attemptsMade: 1 },
        error: { code: 'TEST.FINAL', message: 'The disk is full.' },
      },
    ])
  })

  test('of an app that one may not see keep its name to themselves', async () => {
    const app = await appOf(ada, 'secret-plans')
    await queue.add('converge-app', { appId: app.id })
    expect((await as(eve).machine.jobs()).jobs).toMatchObject([{ name: 'converge-app', app: null }])
  })

  test('that were given up are queued once more, and the audit log says so', async () => {
    const app = await appOf(ada, 'shop')
    await queue.add('converge-app', { appId: app.id })
    await giveUp()
    const [job] = (await as(ada).machine.jobs()).jobs
    const again = { name: 'converge-app', jobId: job?.jobId ?? '' } as const
    expect(await as(ada).machine.retryJob(again)).toMatchObject({ state: 'waiting', attemptsMade: 0 })
    expect((await as(ada).machine.jobs()).counts).toEqual({ running: 0, waiting: 1, failed: 0 })
    const late = as(ada).machine.retryJob(again)
    await expect(late).rejects.toMatchObject({ cause: { code: 'QUEUE.JOB_NOT_FAILED' } })
    const gone = as(ada).machine.retryJob({ name: 'deploy', jobId: randomUUID() })
    await expect(gone).rejects.toMatchObject({ cause: { code: 'QUEUE.JOB_NOT_FOUND' } })
  })
})

test('certificates of all apps are shown, those of strangers without their names', async () => {
  const mine = await appOf(ada, 'shop')
  const theirs = await appOf(eve, 'secret-plans')
  await parts.stores.certificates.want(mine.id, 'shop.example.com')
  await parts.stores.certificates.want(theirs.id, 'plans.example.com')
  const shown = await as(ada).machine.certificates()
  expect(shown.map(({ app, hosts }) => [app, hosts])).toEqual(
    expect.arrayContaining([
      ['shop', ['shop.example.com']],
      [null, []],
    ]),
  )
})

test('traffic is of the apps of the team that was asked for', async () => {
  const shop = await appOf(ada, 'shop')
  await appOf(eve, 'secret-plans')
  const line = { requests: [1, null], serverErrors: [0, null], total: { requests: 60, serverErrors: 0 } }
  parts.live.trafficOf.set(shop.id, line)
  expect((await as(ada).traffic.list({}))?.apps).toEqual([{ app: 'shop', ...line }])
  parts.live.available = false
  expect(await as(ada).traffic.list({})).toBeNull()
})

async function giveUp(): Promise<void> {
  const refuse = async () => {
    throw testError['TEST.FINAL']()
  }
  const names = ['build', 'deploy', 'remove-app', 'converge-app', 'notify', 'restart-instances'] as const
  const all = Object.fromEntries([...names, 'look-after-certificates'].map((name) => [name, refuse]))
  const running = await startProcessors(all as unknown as Processors)
  onTestFinished(() => running.close())
  await expect.poll(async () => (await queue.list(10)).counts.failed).toBe(1)
  await running.close()
}

function as(personId: string) {
  // What these procedures ask of their surroundings is there; the rest belongs to others.
  const person = { id: personId, name: 'Some One', email: 'one@example.com' }
  return createCaller(createContext(parts as unknown as ApiParts, person))
}

async function person(name: string, teamName: string, role: Role): Promise<string> {
  const account = { name, email: `${name.toLowerCase()}@example.com`, passwordHash: null }
  return (await parts.stores.people.createPerson({ ...account, team: { name: teamName }, role })).id
}

async function appOf(personId: string, name: string) {
  const [member] = await parts.stores.people.memberships(personId)
  return parts.stores.apps.create({ name: parseAppName(name), teamId: member?.teamId ?? '' })
}

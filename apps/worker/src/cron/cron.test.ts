import type { App, CronJob, CronRun } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakePlatform, startFakePlatform } from '../fake-platform.ts'

let platform: FakePlatform
let shop: App

beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
  await platform.deployed(shop, {
    Dockerfile: 'FROM scratch\nCMD ["serve", "one"]',
    'app.json':
      '{"cron": [{"schedule": "@yearly", "command": "sh -c \\"echo done\\""}], "env": {"KEY": "a-secret-value"}}',
  })
})
afterEach(() => platform.remove())

async function add(command: string, over: Partial<CronJob> = {}): Promise<CronJob> {
  return platform.stores.cron.add({
    ...{ appId: shop.id, name: 'job', schedule: '@yearly', command, source: 'command' },
    ...{ overlap: 'skip', timeoutMs: 60_000, createdById: null },
    ...over,
  })
}

async function request(job: CronJob): Promise<CronRun> {
  const run = await platform.stores.cron.request(job, null)
  await platform.live.beginCronRun(shop.id, run.id)
  return run
}

const look = ({ id }: CronRun) => platform.stores.cron.run(id)
const failures = () => platform.notices.filter(({ kind }) => kind === 'cron-failed')
const cronContainers = () => platform.engine.containers.list({ 'berth.one-off': 'cron' })

describe('a run', () => {
  test('is started, and its end is written down before its instance goes', async () => {
    const run = await request(await add('sh -c "echo $BERTH_PROCESS; echo a-secret-value"'))
    await expect.poll(() => look(run)).toMatchObject({ state: 'succeeded', exitCode: 0, number: 1 })
    expect((await look(run))?.lastLines).toEqual(['cron.1', '[secret]'])
    await expect.poll(cronContainers).toEqual([])
    expect(failures()).toEqual([])
    expect(platform.reports).toEqual([])
  })

  test('that fails is told', async () => {
    const run = await request(await add('sh -c "echo cannot; exit 4"'))
    await expect
      .poll(() => look(run))
      .toMatchObject({ state: 'failed', exitCode: 4, error: { code: 'CRON.FAILED' } })
    await expect
      .poll(failures)
      .toMatchObject([
        { kind: 'cron-failed', runId: run.id, app: { name: 'shop' }, error: { code: 'CRON.FAILED' } },
      ])
  })

  test('that cannot be started is told as well', async () => {
    const run = await request(await add('no-such-program'))
    await expect
      .poll(() => look(run))
      .toMatchObject({ state: 'failed', error: { code: 'CONTAINER.PROGRAM_NOT_FOUND' } })
  })

  test('that takes too long is ended', async () => {
    const run = await request(await add('sleep 600', { timeoutMs: 1_000 }))
    await expect
      .poll(() => look(run))
      .toMatchObject({ state: 'failed', error: { code: 'ONE_OFF.TIMED_OUT' } })
  })

  test('that finds the app stopped is missed, without an alarm', async () => {
    const job = await add('sh -c "echo done"')
    await platform.stores.apps.setStopped(shop.id, true)
    const run = await request(job)
    await expect.poll(() => look(run)).toMatchObject({ state: 'missed', error: { code: 'CRON.APP_STOPPED' } })
    expect(failures()).toEqual([])
  })

  test('that waited too long for room is missed, and that is told', async () => {
    const before: CronRun[] = []
    for (const name of ['a', 'b', 'c', 'd']) before.push(await request(await add('sleep 600', { name })))
    for (const run of before) await expect.poll(() => look(run)).toMatchObject({ state: 'running' })
    const { id: jobId } = await add('sh -c "echo done"', { name: 'late' })
    const dueAt = new Date(Date.now() - 20 * 60_000)
    const run = await platform.stores.cron.decide({ jobId, was: null, dueAt, outcome: 'start' })
    await platform.live.beginCronRun(shop.id, run?.id ?? '')
    await expect
      .poll(() => look(run as CronRun))
      .toMatchObject({ state: 'missed', error: { code: 'CRON.NO_ROOM' } })
    await expect.poll(failures).toMatchObject([{ error: { code: 'CRON.NO_ROOM' } }])
  })

  test('waits for its turn as its job says', async () => {
    const skip = await add('sleep 600', { name: 'skip' })
    const replace = await add('sleep 600', { name: 'replace', overlap: 'replace' })
    const before = [await request(skip), await request(replace)]
    for (const run of before)
      await expect.poll(() => look(run)).toMatchObject({ state: 'running', number: expect.any(Number) })
    const after = [await request(skip), await request(replace)]
    await expect
      .poll(() => look(after[0] as CronRun))
      .toMatchObject({ state: 'skipped', error: { code: 'CRON.STILL_RUNNING' } })
    await expect
      .poll(() => look(before[1] as CronRun))
      .toMatchObject({ state: 'failed', error: { code: 'CRON.REPLACED' } })
    await expect.poll(() => look(after[1] as CronRun)).toMatchObject({ state: 'running' })
    expect(await look(before[0] as CronRun)).toMatchObject({ state: 'running' })
  })
})

describe('a worker that dies', () => {
  test('leaves runs that go on, and whose end the next one writes down', async () => {
    const run = await request(await add('sleep 1'))
    await expect.poll(() => look(run)).toMatchObject({ state: 'running', number: 1 })
    await platform.stop()
    await platform.start()
    await expect.poll(() => look(run)).toMatchObject({ state: 'succeeded', exitCode: 0 })
    await expect.poll(cronContainers).toEqual([])
  })

  test('between deciding and starting leaves one that is started, once', async () => {
    await platform.stop()
    const run = await platform.stores.cron.request(await add('sh -c "echo done"'), null)
    await platform.stores.cron.become(run.id, 'running')
    await platform.start()
    await expect.poll(() => look(run)).toMatchObject({ state: 'succeeded', lastLines: ['done'] })
    expect(await platform.stores.cron.history(shop.id, 'job', 10)).toHaveLength(1)
  })

  test('leaves one that is lost where its instance is gone', async () => {
    await platform.stop()
    const run = await platform.stores.cron.request(await add('sleep 600'), null)
    await platform.stores.cron.become(run.id, 'running')
    await platform.stores.cron.started(run.id, 1)
    await platform.start()
    await expect.poll(() => look(run)).toMatchObject({ state: 'failed', error: { code: 'CRON.LOST' } })
  })
})

test('the jobs of app.json are those of the release that is live', async () => {
  await platform.stop()
  await platform.start()
  await expect
    .poll(() => platform.stores.cron.jobs(shop.id))
    .toMatchObject([{ source: 'release', schedule: '@yearly' }])
})

test('a run of nobody is not there', async () => {
  await expect(platform.live.beginCronRun(shop.id, shop.id)).rejects.toMatchObject({ code: 'LIVE.NOT_FOUND' })
})

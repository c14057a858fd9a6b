import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CronJob, type CronRun, toErrorRecord } from '@berth/domain'
import type { NewCronJob } from '@berth/release'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'
import { someApp } from './some-records.ts'

/** What every driver of `CronStore` promises. */
export function describeCronStore(make: () => Stores): void {
  let stores: Stores
  let appId: string

  beforeEach(async () => {
    stores = make()
    appId = (await someApp(stores)).id
  })

  const wanted = (over: Partial<NewCronJob> = {}): NewCronJob => ({
    ...{ appId, name: 'tidy', schedule: '*/5 * * * *', command: 'bin/tidy', source: 'command' },
    ...{ overlap: 'skip', timeoutMs: 60_000, createdById: null },
    ...over,
  })
  const followed = (name: string, schedule = '@daily') => ({
    ...{ name, schedule, command: `bin/${name}` },
    ...{ overlap: 'skip' as const, timeoutMs: 60_000 },
  })
  const at = (minute: number) => new Date(Date.UTC(2030, 0, 1, 12, minute))
  const ended = { state: 'succeeded' as const, exitCode: 0, signal: null, error: null, lastLines: ['done'] }

  async function due(job: CronJob, minute: number, was: Date | null = null): Promise<CronRun> {
    const run = await stores.cron.decide({ jobId: job.id, was, dueAt: at(minute), outcome: 'start' })
    if (run === null) throw new Error('somebody else has decided')
    // Order is by time, in milliseconds.
    await sleep(2)
    return run
  }

  describe('jobs on a schedule', () => {
    test('are listed by name, each app’s its own', async () => {
      await stores.cron.add(wanted({ name: 'zebra' }))
      const made = await stores.cron.add(wanted())
      expect(made).toMatchObject({ ...wanted(), lastDueAt: null, pausedAt: null })
      expect((await stores.cron.jobs(appId)).map(({ name }) => name)).toEqual(['tidy', 'zebra'])
      expect(await stores.cron.job(appId, 'tidy')).toEqual(made)
      expect(await stores.cron.job(appId, 'other')).toBeNull()
      expect(await stores.cron.jobs(randomUUID())).toEqual([])
      expect((await stores.cron.allJobs()).map(({ id }) => id)).toContain(made.id)
    })

    test('have names that no other of the app has', async () => {
      await stores.cron.add(wanted())
      await expect(stores.cron.add(wanted())).rejects.toMatchObject({ code: 'CRON.NAME_TAKEN' })
    })

    test('are paused, and count from when they are resumed', async () => {
      const job = await stores.cron.add(wanted())
      await sleep(2)
      expect(await stores.cron.setPaused(appId, 'tidy', at(1))).toBe(true)
      expect(await stores.cron.job(appId, 'tidy')).toMatchObject({
        pausedAt: at(1),
        countsFrom: job.countsFrom,
      })
      expect(await stores.cron.setPaused(appId, 'tidy', null)).toBe(true)
      const resumed = await stores.cron.job(appId, 'tidy')
      expect(resumed?.pausedAt).toBeNull()
      expect(resumed?.countsFrom.getTime()).toBeGreaterThan(job.countsFrom.getTime())
      expect(await stores.cron.setPaused(appId, 'other', null)).toBe(false)
    })

    test('of a release come and go with it; those that stay are not touched', async () => {
      await stores.cron.add(wanted({ name: 'mine' }))
      await stores.cron.follow(appId, [followed('one'), followed('two'), followed('mine')])
      await stores.cron.setPaused(appId, 'two', at(1))
      await stores.cron.follow(appId, [followed('two'), followed('three')])
      const jobs = await stores.cron.jobs(appId)
      expect(jobs.map(({ name, source, pausedAt }) => [name, source, pausedAt !== null])).toEqual([
        ['mine', 'command', false],
        ['three', 'release', false],
        ['two', 'release', true],
      ])
      await stores.cron.follow(appId, [])
      expect((await stores.cron.jobs(appId)).map(({ name }) => name)).toEqual(['mine'])
    })

    test('are removed, and what they did stays', async () => {
      const job = await stores.cron.add(wanted())
      await due(job, 5)
      expect(await stores.cron.remove(appId, 'tidy')).toBe(true)
      expect(await stores.cron.remove(appId, 'tidy')).toBe(false)
      expect(await stores.cron.history(appId, 'tidy', 10)).toHaveLength(1)
    })
  })

  describe('a due time', () => {
    test('is decided upon once, however many try', async () => {
      const job = await stores.cron.add(wanted())
      const decision = { jobId: job.id, was: null, dueAt: at(5), outcome: 'start' as const }
      const made = await Promise.all([1, 2, 3].map(() => stores.cron.decide(decision)))
      expect(made.filter((run) => run !== null)).toHaveLength(1)
      expect(await stores.cron.history(appId, 'tidy', 10)).toMatchObject([
        { state: 'waiting', dueAt: at(5), command: 'bin/tidy', byHand: false, number: null, lastLines: [] },
      ])
      expect(await stores.cron.job(appId, 'tidy')).toMatchObject({ lastDueAt: at(5) })
    })

    test('that was missed is told and over; a clock that was put back leaves no run', async () => {
      const job = await stores.cron.add(wanted())
      const missed = await stores.cron.decide({ jobId: job.id, was: null, dueAt: at(5), outcome: 'missed' })
      expect(missed).toMatchObject({ state: 'missed', finishedAt: expect.any(Date) })
      const back = { jobId: job.id, was: at(5), dueAt: at(1), outcome: 'set back' as const }
      expect(await stores.cron.decide(back)).toBeNull()
      expect(await stores.cron.job(appId, 'tidy')).toMatchObject({ lastDueAt: at(1) })
      expect(await stores.cron.history(appId, 'tidy', 10)).toHaveLength(1)
    })

    test('of a job that is gone is nobody’s', async () => {
      expect(
        await stores.cron.decide({ jobId: randomUUID(), was: null, dueAt: at(5), outcome: 'start' }),
      ).toBeNull()
    })
  })

  describe('a run', () => {
    test('goes from waiting to its end, and only once', async () => {
      const { id } = await due(await stores.cron.add(wanted()), 5)
      expect(await stores.cron.end(id, ended)).toBe(false)
      expect(await stores.cron.become(id, 'running')).toBe(true)
      expect(await stores.cron.become(id, 'skipped')).toBe(false)
      await stores.cron.started(id, 3)
      expect(await stores.cron.end(id, ended)).toBe(true)
      expect(await stores.cron.end(id, { ...ended, state: 'failed' })).toBe(false)
      expect(await stores.cron.run(id)).toMatchObject({
        ...ended,
        number: 3,
        startedAt: expect.any(Date),
        finishedAt: expect.any(Date),
      })
      expect(await stores.cron.run(randomUUID())).toBeNull()
      expect(await stores.cron.run('nothing')).toBeNull()
    })

    test('that does not begin says why', async () => {
      const { id } = await due(await stores.cron.add(wanted()), 5)
      const error = toErrorRecord(new Error('anything'))
      expect(await stores.cron.become(id, 'missed', error)).toBe(true)
      expect(await stores.cron.run(id)).toMatchObject({
        state: 'missed',
        error,
        finishedAt: expect.any(Date),
      })
    })

    test('that somebody asks for waits as others do', async () => {
      const job = await stores.cron.add(wanted())
      const asked = await stores.cron.request(job, null)
      expect(asked).toMatchObject({ state: 'waiting', byHand: true, jobName: 'tidy' })
      expect((await stores.cron.unfinished()).map(({ id }) => id)).toContain(asked.id)
    })

    test('is among the unfinished until it is over, and the history has the newest first', async () => {
      const job = await stores.cron.add(wanted())
      const one = await due(job, 5)
      const two = await due(job, 10, at(5))
      await stores.cron.become(one.id, 'skipped')
      const unfinished = (await stores.cron.unfinished()).filter((run) => run.appId === appId)
      expect(unfinished.map(({ id }) => id)).toEqual([two.id])
      expect((await stores.cron.history(appId, 'tidy', 10)).map(({ id }) => id)).toEqual([two.id, one.id])
      expect(await stores.cron.history(appId, 'tidy', 1)).toHaveLength(1)
    })

    test('is forgotten when it was over long ago', async () => {
      const job = await stores.cron.add(wanted())
      const over = await due(job, 5)
      const waiting = await due(job, 10, at(5))
      await stores.cron.become(over.id, 'skipped')
      await stores.cron.forget(new Date(Date.now() - 60_000))
      expect(await stores.cron.history(appId, 'tidy', 10)).toHaveLength(2)
      await stores.cron.forget(new Date(Date.now() + 60_000))
      expect((await stores.cron.history(appId, 'tidy', 10)).map(({ id }) => id)).toEqual([waiting.id])
    })

    test('is kept among so many; one that is not over always', async () => {
      const job = await stores.cron.add(wanted())
      const runs: CronRun[] = []
      for (const minute of [1, 2, 3, 4])
        runs.push(await due(job, minute, minute === 1 ? null : at(minute - 1)))
      for (const { id } of runs.slice(1)) await stores.cron.become(id, 'skipped')
      await stores.cron.prune(appId, 'tidy', 2)
      const left = (await stores.cron.history(appId, 'tidy', 10)).map(({ dueAt }) => dueAt)
      expect(left).toEqual([at(4), at(3), at(1)])
    })
  })
}

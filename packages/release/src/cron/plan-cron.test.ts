import { describe, expect, test } from 'vitest'
import { type DueJob, type PlannedRun, planDue, planRuns, startingDeadlineMs } from './plan-cron.ts'

/** 2030-01-01, a Tuesday. */
const at = (hour: number, minute: number, second = 0) => new Date(Date.UTC(2030, 0, 1, hour, minute, second))

const job = (over: Partial<DueJob> = {}): DueJob => ({
  ...{ id: 'job', schedule: '*/5 * * * *', countsFrom: at(0, 0), lastDueAt: at(12, 0), pausedAt: null },
  ...over,
})

describe('a job', () => {
  test('is due when its time has come, and not a moment before', () => {
    expect(planDue([job()], at(12, 4, 59))).toEqual([])
    const [due] = planDue([job()], at(12, 5))
    expect(due).toEqual({ jobId: 'job', was: at(12, 0), dueAt: at(12, 5), outcome: 'start' })
  })

  test('is due once: what was decided upon is written down', () => {
    expect(planDue([job({ lastDueAt: at(12, 5) })], at(12, 5, 30))).toEqual([])
  })

  test('that is new is due from then on, not for the time before it', () => {
    const fresh = job({ countsFrom: at(12, 3), lastDueAt: null })
    expect(planDue([fresh], at(12, 4))).toEqual([])
    expect(planDue([fresh], at(12, 5))).toMatchObject([{ was: null, dueAt: at(12, 5), outcome: 'start' }])
  })

  test('that is made at the very minute is due at the next', () => {
    expect(planDue([job({ countsFrom: at(12, 5), lastDueAt: null })], at(12, 5))).toEqual([])
  })

  test('that is paused is never due, and after it counts from its resumption', () => {
    expect(planDue([job({ pausedAt: at(12, 1) })], at(12, 5))).toEqual([])
    expect(planDue([job({ countsFrom: at(12, 7) })], at(12, 8))).toEqual([])
    expect(planDue([job({ countsFrom: at(12, 7) })], at(12, 10))).toMatchObject([{ dueAt: at(12, 10) }])
  })

  test('that was missed several times, while nobody was there, is started once: for the last', () => {
    expect(planDue([job({ lastDueAt: at(6, 0) })], at(12, 7))).toMatchObject([
      { dueAt: at(12, 5), outcome: 'start' },
    ])
  })

  test('that comes much too late is told as missed, once', () => {
    const daily = job({ schedule: '0 3 * * *', lastDueAt: null })
    const late = new Date(at(3, 0).getTime() + startingDeadlineMs)
    expect(planDue([daily], late)).toMatchObject([{ outcome: 'start' }])
    const tooLate = new Date(late.getTime() + 1)
    expect(planDue([daily], tooLate)).toMatchObject([{ dueAt: at(3, 0), outcome: 'missed' }])
    expect(planDue([job({ schedule: '0 3 * * *', lastDueAt: at(3, 0) })], tooLate)).toEqual([])
  })

  test('waits where the clock was put back a little, and starts nothing twice', () => {
    const before = job({ lastDueAt: at(12, 5) })
    expect(planDue([before], at(12, 2))).toEqual([])
    expect(planDue([before], at(12, 5))).toEqual([])
    expect(planDue([before], at(12, 10))).toMatchObject([{ dueAt: at(12, 10), outcome: 'start' }])
  })

  test('follows a clock that was far ahead, and starts nothing for it', () => {
    const ahead = job({ lastDueAt: new Date(Date.UTC(2031, 0, 1)) })
    expect(planDue([ahead], at(12, 7))).toMatchObject([{ dueAt: at(12, 7), outcome: 'set back' }])
    expect(planDue([job({ lastDueAt: at(12, 7) })], at(12, 10))).toMatchObject([{ dueAt: at(12, 10) }])
  })

  test('of a clock that jumps ahead by a year is told as missed, and goes on from there', () => {
    const later = new Date(Date.UTC(2031, 0, 1, 12, 2))
    expect(planDue([job({ schedule: '0 3 * * *' })], later)).toMatchObject([{ outcome: 'missed' }])
  })
})

describe('runs', () => {
  const run = (id: string, over: Partial<PlannedRun> = {}): PlannedRun => ({
    ...{ id, appId: 'shop', jobName: 'tidy', overlap: 'skip', dueAt: at(12, 0), byHand: false },
    ...over,
  })
  const plan = (
    waiting: PlannedRun[],
    running: PlannedRun[] = [],
    over: Partial<Parameters<typeof planRuns>[2]> = {},
  ) =>
    planRuns(waiting, running, {
      ...{ now: at(12, 1), runs: () => true, limits: { total: 3, perApp: 2 } },
      ...over,
    })

  test('start, oldest first', () => {
    const later = run('b', { jobName: 'other', dueAt: at(12, 1) })
    expect(plan([later, run('a')])).toEqual([
      { kind: 'start', runId: 'a' },
      { kind: 'start', runId: 'b' },
    ])
  })

  test('skip the new one where their job says so, by hand too', () => {
    expect(plan([run('b')], [run('a')])).toEqual([{ kind: 'skip', runId: 'b' }])
    expect(plan([run('b', { byHand: true })], [run('a')])).toEqual([{ kind: 'skip', runId: 'b' }])
    expect(plan([run('a'), run('b')])).toEqual([
      { kind: 'start', runId: 'a' },
      { kind: 'skip', runId: 'b' },
    ])
  })

  test('run beside each other where it allows that', () => {
    const allow = { overlap: 'allow' as const }
    expect(plan([run('b', allow)], [run('a', allow)])).toEqual([{ kind: 'start', runId: 'b' }])
  })

  test('end the old one first where it is to be replaced, and start when it is over', () => {
    const replace = { overlap: 'replace' as const }
    expect(plan([run('b', replace)], [run('a', replace)])).toEqual([{ kind: 'end', runId: 'a' }])
    expect(plan([run('b', replace)], [])).toEqual([{ kind: 'start', runId: 'b' }])
  })

  test('of other apps and jobs are none of its business', () => {
    expect(plan([run('b')], [run('a', { jobName: 'other' })])).toEqual([{ kind: 'start', runId: 'b' }])
    expect(plan([run('b')], [run('a', { appId: 'blog' })])).toEqual([{ kind: 'start', runId: 'b' }])
  })

  test('wait for room, in their app and over all, and are missed when it comes too late', () => {
    const others = [run('x', { jobName: 'x' }), run('y', { jobName: 'y' })]
    expect(plan([run('b')], others)).toEqual([])
    const elsewhere = others.map((one, index) => ({ ...one, appId: `app ${index}` }))
    expect(plan([run('b')], elsewhere)).toEqual([{ kind: 'start', runId: 'b' }])
    expect(plan([run('b')], [...elsewhere, run('z', { appId: 'app 2' })])).toEqual([])
    const now = new Date(at(12, 0).getTime() + startingDeadlineMs + 1)
    expect(plan([run('b')], others, { now })).toEqual([{ kind: 'miss', runId: 'b', because: 'no room' }])
  })

  test('start nothing of an app that is stopped', () => {
    expect(plan([run('a')], [], { runs: (appId) => appId !== 'shop' })).toEqual([
      { kind: 'miss', runId: 'a', because: 'stopped' },
    ])
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { patiently } from '@berth/deploy'
import { type CronRun, toErrorRecord } from '@berth/domain'
import { liveError } from '@berth/observe'
import { followedJobs, planDue, planRuns, type RunStep } from '@berth/release'
import type { Keeper } from '../app/keeper.ts'
import type { OneOffParts } from '../one-off/begin-one-off.ts'
import { openCronRuns } from './cron-runs.ts'
import { cronError } from './errors.ts'

/**
 * Starts jobs when they are due. What is due is decided in packages/release/src/cron/plan-cron.ts and written down before
 * anything is started; what a worker that died was about to start, or had started, the next one finds in the records
 * and in the labels of containers, and goes on with it.
 */
export interface Cron {
  /** A run that a person asked for: it is looked at now. @throws LIVE.NOT_FOUND */
  begin(appId: string, runId: string): Promise<void>
  /** What is under way from before. */
  takeOver(): Promise<void>
  /** From here on the clock counts. */
  start(): void
  /** What runs goes on, for the next worker. */
  close(): Promise<void>
}

export type CronParts = OneOffParts & { keeper: Pick<Keeper, 'undertaking' | 'keptApp' | 'knownApps'> }

/** Over all apps, because all jobs of a platform like to be due at midnight; the others wait. */
const limits = { total: 8, perApp: 4 }
/** Releases that went live, and runs that wait for room, are looked at so often; what is due, each minute. */
const longestPauseMs = 10_000
const minuteMs = 60_000

export function openCron(parts: CronParts): Cron {
  const { stores, keeper, closing, report } = parts
  const runs = openCronRuns(parts, () => woken.resolve())
  const followed = new Map<string, string>()
  let decidedMinute = 0
  let woken = Promise.withResolvers<void>()
  let over = Promise.resolve()

  async function look(): Promise<void> {
    await followReleases()
    const minute = Math.floor(Date.now() / minuteMs)
    if (minute !== decidedMinute) await decideDue()
    decidedMinute = minute
    await beginRuns()
  }

  /** Jobs of app.json are those of the release that is live. */
  async function followReleases(): Promise<void> {
    for (const appId of keeper.knownApps()) {
      const subject = keeper.keptApp(appId)?.keeping?.undertaking.subject
      if (!subject) continue
      const wanted = followedJobs(subject.release.cron)
      const text = JSON.stringify(wanted)
      if (followed.get(appId) === text) continue
      await stores.cron.follow(appId, wanted)
      followed.set(appId, text)
    }
  }

  async function decideDue(): Promise<void> {
    const jobs = await stores.cron.allJobs()
    if (jobs.length === 0) return
    const mayRun = await running()
    for (const decision of planDue(
      jobs.filter(({ appId }) => mayRun(appId)),
      new Date(),
    ))
      await stores.cron.decide(decision)
  }

  async function beginRuns(): Promise<void> {
    const unfinished = await stores.cron.unfinished()
    const waiting = unfinished.filter(({ id, state }) => state === 'waiting' && !runs.has(id))
    if (waiting.length === 0) return
    const others = unfinished.filter((run) => !waiting.includes(run))
    const steps = planRuns(waiting, others, { now: new Date(), runs: await running(), limits })
    const byId = new Map(unfinished.map((run) => [run.id, run]))
    for (const step of steps) await carryOut(step, byId.get(step.runId) as CronRun)
  }

  async function carryOut(step: RunStep, run: CronRun): Promise<void> {
    switch (step.kind) {
      case 'start':
        return runs.start(run)
      case 'end':
        return runs.replace(run)
      case 'skip':
        await stores.cron.become(run.id, 'skipped', toErrorRecord(cronError['CRON.STILL_RUNNING']()))
        return
      case 'miss': {
        const code = step.because === 'stopped' ? 'CRON.APP_STOPPED' : 'CRON.NO_ROOM'
        const error = toErrorRecord(cronError[code]())
        const isNews = await stores.cron.become(run.id, 'missed', error)
        if (isNews && step.because === 'no room') await runs.tellFailure(run, error)
      }
    }
  }

  /** Apps of which something is live and that nobody has stopped. */
  async function running(): Promise<(appId: string) => boolean> {
    const apps = await stores.apps.all()
    const ids = new Set(apps.filter(({ stoppedAt }) => stoppedAt === null).map(({ id }) => id))
    return (appId) => ids.has(appId) && Boolean(keeper.keptApp(appId)?.keeping?.undertaking.subject)
  }

  async function clock(): Promise<void> {
    while (!closing.aborted) {
      woken = Promise.withResolvers()
      await look().catch((error: unknown) => closing.aborted || report('jobs on a schedule', error))
      const pauseMs = Math.min(longestPauseMs, minuteMs - (Date.now() % minuteMs))
      const pause = sleep(pauseMs, undefined, { signal: closing, ref: false }).catch(() => undefined)
      await Promise.race([pause, woken.promise])
    }
  }

  return {
    async begin(appId, runId) {
      const run = await stores.cron.run(runId)
      if (run?.appId !== appId) throw liveError['LIVE.NOT_FOUND']({ what: 'such run' })
      woken.resolve()
    },
    takeOver: () => patiently(() => runs.takeOver()),
    start: () => {
      over = clock()
    },
    close: async () => {
      await over
      await runs.close()
    },
  }
}

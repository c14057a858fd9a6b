import { lastLines, type OneOff, patiently } from '@berth/deploy'
import { type CronRun, type ErrorRecord, toErrorRecord } from '@berth/domain'
import { type CronEnding, startingDeadlineMs } from '@berth/release'
import { beginOneOff, present } from '../one-off/begin-one-off.ts'
import { untilEnded } from '../one-off/until-ended.ts'
import type { CronParts } from './cron.ts'
import { cronEnding } from './cron-ending.ts'
import { cronError } from './errors.ts'

/** Runs of jobs, each from its start to the record of its end. The records come first, and containers go last. */
export type CronRuns = {
  /** Looked after by this worker. */
  has(runId: string): boolean
  /** Returns at once. */
  start(run: CronRun): void
  /** Ends one that runs, for another of its job. */
  replace(run: CronRun): Promise<void>
  tellFailure(run: CronRun, error: ErrorRecord): Promise<void>
  takeOver(): Promise<void>
  close(): Promise<void>
}

/** Of each job. */
const keptRuns = 50
const stopTimeoutMs = 10_000

/** `changed`: a run is over, so there may be room for another. */
export function openCronRuns(parts: CronParts, changed: () => void): CronRuns {
  const { stores, engine, closing, notify, report } = parts
  const active = new Map<string, Promise<void>>()
  const replaced = new Set<string>()

  function keep(run: CronRun, work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => closing.aborted || report(`the job ${run.jobName}`, error))
      .then(() => {
        active.delete(run.id)
        replaced.delete(run.id)
        changed()
      })
    active.set(run.id, settled)
  }

  async function carryOut(run: CronRun): Promise<void> {
    if (!(await patiently(() => stores.cron.become(run.id, 'running'), closing))) return
    const begun = await beginOneOff(parts, run.appId, {
      kind: 'cron',
      command: { words: [run.command], entrypoint: true },
      timeoutMs: run.timeoutMs,
      cronRunId: run.id,
    }).catch((error: unknown) => notBegun(run, error))
    if (begun) await lookAfter(run, begun.oneOff)
  }

  /** A worker that closes leaves it to the next one, which finds no container of it, and starts it. */
  async function notBegun(run: CronRun, error: unknown): Promise<undefined> {
    if (closing.aborted) throw error
    const record = toErrorRecord(error)
    if (record.code === 'BERTH.UNEXPECTED') report(`starting the job ${run.jobName}`, error)
    const ending = { exitCode: null, signal: null, lastLines: [] }
    await end(run, { ...ending, state: 'failed', error: record })
  }

  async function lookAfter(run: CronRun, oneOff: OneOff): Promise<void> {
    await patiently(() => stores.cron.started(run.id, oneOff.index), closing)
    const ending = await untilEnded(parts, oneOff, closing)
    const lines = ending.exit === null ? [] : await linesOf(oneOff)
    await end(run, cronEnding(ending, { run, lines, isReplaced: replaced.has(run.id) }))
    await engine.containers.remove(oneOff.containerId)
  }

  async function linesOf({ appId, containerId, releaseVersion }: OneOff): Promise<string[]> {
    const release = await patiently(() => stores.releases.byVersion(appId, releaseVersion), closing)
    return lastLines(engine.containers, containerId, release?.configuration ?? {})
  }

  async function end(run: CronRun, ending: CronEnding): Promise<void> {
    const isNews = await patiently(() => stores.cron.end(run.id, ending), closing)
    if (isNews && ending.error !== null) await tellFailure(run, ending.error)
    await patiently(() => stores.cron.prune(run.appId, run.jobName, keptRuns), closing)
  }

  async function tellFailure(run: CronRun, error: ErrorRecord): Promise<void> {
    const app = await patiently(() => stores.apps.get(run.appId), closing)
    const { id: runId, schedule, command } = run
    if (app !== null) notify({ kind: 'cron-failed', app, runId, schedule, command, error })
  }

  async function takeOver(): Promise<void> {
    const found = (await present(parts)).filter(({ kind }) => kind === 'cron')
    const byRun = new Map(found.map((oneOff) => [oneOff.cronRunId, oneOff]))
    const unfinished = await stores.cron.unfinished()
    for (const run of unfinished) {
      const oneOff = byRun.get(run.id)
      if (oneOff !== undefined) keep(run, goOn(run, oneOff))
      else if (run.state === 'running') keep(run, startAgain(run))
    }
    const known = new Set(unfinished.map(({ id }) => id))
    for (const { cronRunId, containerId } of found)
      if (cronRunId === null || !known.has(cronRunId)) await engine.containers.remove(containerId)
  }

  async function goOn(run: CronRun, oneOff: OneOff): Promise<void> {
    await patiently(() => stores.cron.become(run.id, 'running'), closing)
    await lookAfter(run, oneOff)
  }

  /** One that has no number was decided upon and not started: no container of it was there to be counted. */
  async function startAgain(run: CronRun): Promise<void> {
    const inTime = Date.now() - run.dueAt.getTime() <= startingDeadlineMs
    if (run.number === null && inTime) return carryOut(run)
    const ending = { exitCode: null, signal: null, lastLines: [] }
    await end(run, { ...ending, state: 'failed', error: toErrorRecord(cronError['CRON.LOST']()) })
  }

  return {
    has: (runId) => active.has(runId),
    start: (run) => keep(run, carryOut(run)),
    async replace(run) {
      if (replaced.has(run.id)) return
      replaced.add(run.id)
      const found = (await present(parts, run.appId)).find(({ cronRunId }) => cronRunId === run.id)
      if (found === undefined) return void replaced.delete(run.id)
      void engine.containers
        .stop(found.containerId, { timeoutMs: stopTimeoutMs })
        .catch((error: unknown) => report(`ending the job ${run.jobName}`, error))
    },
    tellFailure,
    takeOver,
    close: async () => void (await Promise.all(active.values())),
  }
}

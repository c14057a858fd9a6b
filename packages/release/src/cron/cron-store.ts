import type { CronEntry, CronJob, CronRun, CronRunState, ErrorRecord } from '@berth/domain'
import type { DueDecision } from './plan-cron.ts'

/** Jobs and their runs. State changes are guarded by `cronRunStates`. */
export interface CronStore {
  /** By name. */
  jobs(appId: string): Promise<CronJob[]>
  allJobs(): Promise<CronJob[]>
  job(appId: string, name: string): Promise<CronJob | null>
  /** @throws CRON.NAME_TAKEN */
  add(job: NewCronJob): Promise<CronJob>
  /** Its runs stay, and end as they will. False: there is none. */
  remove(appId: string, name: string): Promise<boolean>
  /** Resuming (null) counts from now on. False: there is none. */
  setPaused(appId: string, name: string, pausedAt: Date | null): Promise<boolean>
  /**
   * The jobs that come from the release become exactly these; those that stay are not touched. A name that a job by
   * command has is left to it.
   */
  follow(appId: string, jobs: readonly FollowedJob[]): Promise<void>
  /**
   * The due time is written down, and the run that comes of it (waiting or missed), at once. Null: somebody else has decided
   * meanwhile, or the job is gone; or there is no run to be made (`set back`).
   */
  decide(decision: DueDecision): Promise<CronRun | null>
  /** A run that a person asks for: waiting. */
  request(job: CronJob, startedById: string | null): Promise<CronRun>
  run(id: string): Promise<CronRun | null>
  become(id: string, state: 'running' | 'skipped' | 'missed', error?: ErrorRecord): Promise<boolean>
  /** It is `cron.N` now. */
  started(id: string, number: number): Promise<void>
  end(id: string, ending: CronEnding): Promise<boolean>
  /** Waiting or running, oldest first. */
  unfinished(): Promise<CronRun[]>
  history(appId: string, jobName: string, limit: number): Promise<CronRun[]>
  /** Of runs that are over, the last so many of the job stay. */
  prune(appId: string, jobName: string, keep: number): Promise<void>
  /** Runs that were over before, of all jobs: those that are gone leave theirs behind. */
  forget(before: Date): Promise<void>
}

export type NewCronJob = Pick<
  CronJob,
  'appId' | 'name' | 'schedule' | 'command' | 'source' | 'overlap' | 'timeoutMs' | 'createdById'
>

export type FollowedJob = CronEntry & Pick<CronJob, 'name' | 'overlap' | 'timeoutMs'>

export type CronEnding = {
  state: Extract<CronRunState, 'succeeded' | 'failed'>
  exitCode: number | null
  signal: string | null
  error: ErrorRecord | null
  lastLines: string[]
}

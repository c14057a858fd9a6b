import type { ErrorRecord } from './error.ts'

/** A command on a schedule, in UTC, and what became of each of its starts. */
export type CronJob = {
  id: string
  appId: string
  /** A label, unique in its app. */
  name: string
  /** Five fields of cron, or one of its usual names (`@daily`). */
  schedule: string
  /** A line as in a Procfile. */
  command: string
  /** release: an entry of the live release's app.json, which comes and goes with it. */
  source: 'release' | 'command'
  overlap: CronOverlap
  timeoutMs: number
  /** Due times before it are nobody's: it was made, changed or resumed then. */
  countsFrom: Date
  /** The last due time that was decided upon. */
  lastDueAt: Date | null
  pausedAt: Date | null
  createdById: string | null
  createdAt: Date
}

/** What happens when it is due while it still runs: not started, started beside it, or in its place. */
export const cronOverlaps = ['skip', 'allow', 'replace'] as const
export type CronOverlap = (typeof cronOverlaps)[number]

/** One start, with what was to be run then. */
export type CronRun = {
  id: string
  appId: string
  jobName: string
  schedule: string
  command: string
  overlap: CronOverlap
  timeoutMs: number
  state: CronRunState
  /** When it was due; for one that a person began, when they did. */
  dueAt: Date
  /** N of `cron.N`, once it has been started. */
  number: number | null
  startedAt: Date | null
  finishedAt: Date | null
  exitCode: number | null
  signal: string | null
  error: ErrorRecord | null
  /** What it printed last, with the values of the configuration masked. */
  lastLines: string[]
  /** A person began it, not its schedule. */
  byHand: boolean
  startedById: string | null
  createdAt: Date
}

/**
 *   waiting ──► running ──► succeeded
 *      │           └──────► failed: it ended badly, could not be started, took too long, was ended
 *      ├──► skipped: the run before was not over
 *      └──► missed: there was no room for it, or nobody to start it, until it was too late
 *
 * `running` may follow itself: a crash came between deciding to start it and starting it.
 */
export const cronRunStates = {
  waiting: ['running', 'skipped', 'missed'],
  running: ['running', 'succeeded', 'failed'],
  succeeded: [],
  failed: [],
  skipped: [],
  missed: [],
} as const

export type CronRunState = keyof typeof cronRunStates

export function isCronRunOver(state: CronRunState): boolean {
  return cronRunStates[state].length === 0
}

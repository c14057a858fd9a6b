/**
 * A line of an app's log. The log holds what its instances print (`app`; `deploy`: release commands and scripts; `cron`), the
 * requests that the front door has answered (`router`), and what the platform says of the app (`berth`).
 */
export type AppLogLine = {
  /** Its place in the app's log: numbers grow, and none is used twice. */
  number: number
  /** ISO 8601, milliseconds. */
  at: string
  source: LogSource
  /** `web.1`; `router` or `berth` where it is about none. */
  instance: string
  /** 12 stands for v12; null where it is about none. */
  release: number | null
  stream: 'stdout' | 'stderr'
  /** As it was printed, control characters included; at most about 16,000 characters. */
  text: string
}

export type LogSource = 'app' | 'router' | 'deploy' | 'cron' | 'berth'

/** Null: whatever it is. All that is said must hold. */
export type LogFilter = {
  /** ISO 8601, both included. */
  since: string | null
  until: string | null
  instance: string | null
  /** Process type: `web` means web.1, web.2 … */
  process: string | null
  release: number | null
  source: LogSource | null
  /** Instances, process types and sources, mixed: what is of any of them. */
  only: readonly string[] | null
  stream: AppLogLine['stream'] | null
  /** A part of the text; letters of either case. */
  search: string | null
  /** A regular expression (line-pattern.ts). */
  grep: string | null
}

export type AppLogQuery = {
  follow: boolean
  /** So many of the last lines first. */
  tail: number
  /** In place of `tail`: from the line behind this number on. */
  after: number | null
  filter: LogFilter
  signal: AbortSignal
}

export type LogPageQuery = {
  /** The lines before this number; null: the newest. */
  before: number | null
  /** In place of `before`: the lines behind this number, on towards the newest. */
  after: number | null
  limit: number
  filter: LogFilter
}

/**
 * Oldest first. `before` and `after`: what to ask for next, in the direction that was asked for; null: there is no more. Fewer
 * lines than asked for do not mean the end.
 */
export type LogPage = { lines: AppLogLine[]; before: number | null; after: number | null }

import type { Keeping } from '@berth/deploy'
import type { App } from '@berth/domain'
import { type Changes, openChanges } from '../changes.ts'

/** One app as the keeper has it in memory. */
export type KeptApp = {
  id: string
  app: App | null
  /** What should run; null until it was read. */
  keeping: Keeping | null
  changes: Changes
  /** Deployments that somebody works on. */
  shielded: Set<string>
  /** The round under way. */
  round: { over: Promise<void>; stopping: AbortController } | null
  again: boolean
  /** The deployment that decides where the route leads now. */
  pausedBy: string | null
  /** The last reading of what should run: readings stand in line, so that the newest counts. */
  reading: Promise<void>
  /** How often a deployment has said itself what should run: a reading that began before it is out of date. */
  adoptions: number
  /** Removed: nothing may begin any more. */
  gone: boolean
}

export function newKeptApp(id: string): KeptApp {
  return {
    id,
    app: null,
    keeping: null,
    changes: openChanges(),
    shielded: new Set(),
    round: null,
    again: false,
    pausedBy: null,
    reading: Promise.resolve(),
    adoptions: 0,
    gone: false,
  }
}

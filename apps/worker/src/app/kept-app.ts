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
    gone: false,
  }
}

import type { Command } from '@berth/command'

/** One process of the platform, as the supervisor sees it. */
export type Part = {
  name: string
  /** Done before each start, also before one after a crash. */
  prepare?: () => Promise<void>
  command: Command
  /** Resolves once it does its work; rejects when `signal` is aborted. Asked again after each restart. */
  ready: (signal: AbortSignal) => Promise<void>
  stopSignal: NodeJS.Signals
  /** Then SIGKILL. */
  stopTimeoutMs: number
}

/** Where a part's lines go. */
export type PartLog = (part: string, line: string) => void

/** How long to wait before a part is started again: 100 ms, doubled with each early end, 5 s at most. */
export function restartDelayMs(earlyEnds: number): number {
  return Math.min(100 * 2 ** Math.min(earlyEnds, 10), 5_000)
}

/** A part that ran this long has not ended early. */
export const steadyAfterMs = 10_000

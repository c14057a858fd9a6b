import type { ContainerExit } from '@berth/engine'
import type { Slot } from './instance.ts'

/**
 * Which instances crashed how often, and until when each rests: 1 s, 2 s, 4 s … 5 minutes. One that ran for a minute
 * starts over. Kept in memory: a new worker tries everything once, at once.
 */
export interface RestartBook {
  /** Returns when it may be started again, in milliseconds since 1970. */
  crashed(appId: string, slot: Slot, crash: Crash): number
  resting(appId: string): Slot[]
  /** Null: it has not crashed lately. */
  look(appId: string, slot: Slot): CrashRecord | null
  forget(appId: string): void
}

/** `cause`: in words, where it did not end by itself; left out: its exit says it. */
export type Crash = { ranMs: number; exit: ContainerExit | null; cause?: string | null }

export type CrashRecord = {
  cause: string | null
  restarts: number
  lastExit: ContainerExit | null
  restingUntil: number
  /** It crashes again and again. */
  looping: boolean
}

const firstDelayMs = 1_000
const longestDelayMs = 5 * 60_000
const soundAfterMs = 60_000
const loopAfter = 3

export function openRestartBook(now: () => number = Date.now): RestartBook {
  const apps = new Map<string, Map<string, CrashRecord & { slot: Slot }>>()
  const key = (slot: Slot) => `${slot.type}.${slot.index}`
  return {
    crashed(appId, slot, { ranMs, exit, cause = null }) {
      const book = apps.get(appId) ?? new Map()
      apps.set(appId, book)
      const before = ranMs >= soundAfterMs ? 0 : (book.get(key(slot))?.restarts ?? 0)
      const restarts = before + 1
      const restingUntil = now() + delayMs(restarts)
      const looping = restarts >= loopAfter
      book.set(key(slot), { slot, restarts, lastExit: exit, cause, restingUntil, looping })
      return restingUntil
    },
    resting: (appId) =>
      [...(apps.get(appId)?.values() ?? [])]
        .filter((record) => record.restingUntil > now())
        .map((record) => record.slot),
    look: (appId, slot) => apps.get(appId)?.get(key(slot)) ?? null,
    forget: (appId) => void apps.delete(appId),
  }
}

/** After the nth crash in a row. */
export function delayMs(restarts: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (restarts - 1))
}

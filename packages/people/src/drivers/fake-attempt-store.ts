import { type AttemptStore, delayMs } from '../sign-in/attempt-store.ts'

type Counted = { count: number; lastAt: number; blockedUntil: number }

/** `clock` is what a test moves on. */
export function fakeAttemptStore(clock: { now: number } = { now: Date.now() }): AttemptStore {
  const rows = new Map<string, Counted>()
  const waitMs = (key: string) => Math.max(0, (rows.get(key)?.blockedUntil ?? 0) - clock.now)
  return {
    async take(key, rule) {
      const wait = waitMs(key)
      if (wait > 0) return wait
      const known = rows.get(key)
      const isFresh = known !== undefined && known.lastAt > clock.now - rule.forgetMs
      const count = (isFresh ? known.count : 0) + 1
      rows.set(key, { count, lastAt: clock.now, blockedUntil: clock.now + delayMs(count, rule) })
      return 0
    },
    waitMs: async (key) => waitMs(key),
    giveBack: async (key) => {
      const known = rows.get(key)
      if (known !== undefined)
        rows.set(key, { ...known, count: Math.max(0, known.count - 1), blockedUntil: 0 })
    },
    forget: async (keys) => {
      for (const key of keys) rows.delete(key)
    },
    forgetBefore: async (before) => {
      const old = [...rows].filter(([, { lastAt }]) => lastAt < before.getTime())
      for (const [key] of old) rows.delete(key)
      return old.length
    },
  }
}

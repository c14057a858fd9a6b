import { randomUUID } from 'node:crypto'
import type { AttemptStore } from '@berth/people'
import { describe, expect, test } from 'vitest'

/** What every driver of the counted attempts promises (packages/people, sign-in/attempt-store.ts). */
export function describeAttempts(make: () => AttemptStore): void {
  const rule = { free: 3, longestMs: 60_000, forgetMs: 60_000 }

  describe('attempts', () => {
    test('the first ones are free, then the next has to wait', async () => {
      const [attempts, key] = [make(), randomUUID()]
      for (let count = 0; count < rule.free; count++) expect(await attempts.take(key, rule)).toBe(0)
      const wait = await attempts.take(key, rule)
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(1_000)
      expect(await attempts.waitMs(key)).toBeLessThanOrEqual(wait)
      expect(await attempts.take(randomUUID(), rule)).toBe(0)
    })

    test('the wait grows, and not beyond its limit', async () => {
      const waits = await Promise.all(
        [1, 2, 1_000].map(async (longestMs) => {
          const [attempts, key] = [make(), randomUUID()]
          await attempts.take(key, { free: 0, longestMs: longestMs * 1_000, forgetMs: 60_000 })
          return await attempts.waitMs(key)
        }),
      )
      // Nothing is free: the first one brings the wait of the second, 2 s, or the limit.
      expect(waits.map((wait) => Math.ceil(wait / 1_000))).toEqual([1, 2, 2])
    })

    test('of many at the same time each counts', async () => {
      const [attempts, key] = [make(), randomUUID()]
      const taken = await Promise.all(Array.from({ length: 12 }, () => attempts.take(key, rule)))
      expect(taken.filter((wait) => wait === 0)).toHaveLength(rule.free)
    })

    test('what went well is given back', async () => {
      const [attempts, key] = [make(), randomUUID()]
      for (let count = 0; count < 20; count++) {
        expect(await attempts.take(key, rule)).toBe(0)
        await attempts.giveBack(key)
      }
      for (let count = 0; count < rule.free; count++) expect(await attempts.take(key, rule)).toBe(0)
      expect(await attempts.take(key, rule)).toBeGreaterThan(0)
    })

    test('what was forgotten begins anew', async () => {
      const [attempts, key] = [make(), randomUUID()]
      for (let count = 0; count < rule.free; count++) await attempts.take(key, rule)
      expect(await attempts.take(key, rule)).toBeGreaterThan(0)
      await attempts.forget([key])
      expect(await attempts.waitMs(key)).toBe(0)
      expect(await attempts.take(key, rule)).toBe(0)
      expect(await attempts.forgetBefore(new Date(Date.now() + 60_000))).toBeGreaterThan(0)
      for (let count = 0; count < rule.free; count++) expect(await attempts.take(key, rule)).toBe(0)
    })
  })
}

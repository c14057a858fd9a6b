import { randomUUID } from 'node:crypto'
import { type Death, mostDeaths } from '@berth/observe'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'
import { someApp } from './some-records.ts'

/** What every driver of `DeathStore` promises. */
export function describeDeathStore(make: () => Stores): void {
  let stores: Stores
  let appId: string

  beforeEach(async () => {
    stores = make()
    appId = (await someApp(stores)).id
  })

  const at = (second: number) => new Date(Date.UTC(2030, 0, 1) + second * 1_000)
  const death = (second: number, over: Partial<Death> = {}): Omit<Death, 'id'> => ({
    ...{
      appId,
      containerId: randomUUID(),
      instance: 'web.1',
      releaseVersion: 3,
      code: 137,
      signal: 'SIGKILL',
    },
    ...{ outOfMemory: true, reason: null, peakMemoryBytes: 2 ** 33, memoryLimitBytes: 2 ** 33 },
    ...{ startedAt: at(0), endedAt: at(second), lastLines: ['one', 'ümläut "two"'] },
    ...over,
  })

  describe('deaths', () => {
    test('are listed newest first, each with all that is known of it', async () => {
      const [first, second] = [death(1), death(2, { startedAt: null, peakMemoryBytes: null, reason: 'why' })]
      await stores.deaths.add(first)
      await stores.deaths.add(second)
      expect(await stores.deaths.list(appId, 10)).toMatchObject([second, first])
      expect(await stores.deaths.list(appId, 1)).toMatchObject([second])
      expect(await stores.deaths.list(randomUUID(), 10)).toEqual([])
      expect(await stores.deaths.list("' OR 1=1", 10)).toEqual([])
    })

    test('one that is told twice is there once, the next of the same container besides', async () => {
      const first = death(1)
      await stores.deaths.add(first)
      await stores.deaths.add(first)
      await stores.deaths.add({ ...first, endedAt: at(2) })
      expect(await stores.deaths.list(appId, 10)).toHaveLength(2)
    })

    test('one is found by its id or the beginning of it, in its own app alone', async () => {
      await stores.deaths.add(death(1))
      const [only] = await stores.deaths.list(appId, 1)
      const id = only?.id ?? ''
      expect(await stores.deaths.find(appId, id)).toEqual(only)
      expect(await stores.deaths.find(appId, id.slice(0, 8))).toEqual(only)
      for (const wrong of [id.slice(0, 7), '%', '', `${id}0`, '________', randomUUID()])
        expect(await stores.deaths.find(appId, wrong), wrong).toBeNull()
      expect(await stores.deaths.find(randomUUID(), id)).toBeNull()
    })

    test('only the newest are kept', async () => {
      for (let second = 1; second <= mostDeaths + 3; second += 1) await stores.deaths.add(death(second))
      const kept = await stores.deaths.list(appId, mostDeaths * 2)
      expect(kept).toHaveLength(mostDeaths)
      expect(kept.at(-1)?.endedAt).toEqual(at(4))
    })
  })
}

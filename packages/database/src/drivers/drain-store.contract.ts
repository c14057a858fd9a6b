import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'
import { someApp } from './some-records.ts'

/** What every driver of `DrainStore` promises. */
export function describeDrainStore(make: () => Stores): void {
  let stores: Stores
  let appId: string

  beforeEach(async () => {
    stores = make()
    appId = (await someApp(stores)).id
  })

  const drain = (shown: string) => ({
    ...{ id: randomUUID(), appId, shown, createdById: null },
    sealed: new Uint8Array([1, 2, 255, 0]),
  })

  describe('drains', () => {
    test('are kept as they were given, oldest first', async () => {
      const [one, two] = [drain('https://one'), drain('https://two')]
      await stores.drains.add(one)
      await new Promise((resolve) => setTimeout(resolve, 2))
      await stores.drains.add(two)
      const listed = await stores.drains.list(appId)
      expect(listed.map(({ shown, id }) => [shown, id])).toEqual([
        ['https://one', one.id],
        ['https://two', two.id],
      ])
      expect(Buffer.from(listed[0]?.sealed ?? []).equals(Buffer.from(one.sealed))).toBe(true)
      expect((await stores.drains.all()).map(({ id }) => id)).toEqual(
        expect.arrayContaining([one.id, two.id]),
      )
      expect(await stores.drains.list(randomUUID())).toEqual([])
    })

    test('one goes by its id, in its own app alone', async () => {
      const one = drain('https://one')
      await stores.drains.add(one)
      expect(await stores.drains.remove(randomUUID(), one.id)).toBe(false)
      expect(await stores.drains.remove(appId, 'no-uuid')).toBe(false)
      expect(await stores.drains.remove(appId, one.id)).toBe(true)
      expect(await stores.drains.remove(appId, one.id)).toBe(false)
      expect(await stores.drains.list(appId)).toEqual([])
    })
  })
}

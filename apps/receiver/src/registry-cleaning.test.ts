import { mkdtemp, rm } from 'node:fs/promises'
import { openFileStore, parseRepositoryName, type RegistryStore } from '@berth/registry'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cleanRegistry, startCleaning } from './registry-cleaning.ts'

let home: string
let store: RegistryStore
beforeEach(async () => {
  home = await mkdtemp('/tmp/berth-registry-cleaning-')
  store = await openFileStore(home)
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(home, { recursive: true })
})

const begin = (key: string) => store.startUpload(parseRepositoryName(key))
const keys = async () => (await store.repositories()).toSorted()

test('what apps that are no more have goes, below them too; the others keep theirs', async () => {
  for (const key of ['gone', 'gone/cache', 'stays', 'stays/cache']) await begin(key)
  await cleanRegistry({ store, apps: { all: async () => [{ id: 'stays' }] } })
  expect(await keys()).toEqual(['stays', 'stays/cache'])
})

test('an app that is made and pushed to while the apps are being asked for keeps its images', async () => {
  await begin('old')
  const all = async () => {
    const asked = [{ id: 'old' }]
    await begin('new')
    return asked
  }
  await cleanRegistry({ store, apps: { all } })
  expect(await keys()).toEqual(['new', 'old'])
})

test('a cleaning waits for the one before, and goes on after one that failed, until it is stopped', async () => {
  vi.useFakeTimers()
  let begun = 0
  let end = Promise.withResolvers<[]>()
  const all = () => {
    begun += 1
    return end.promise
  }
  const bugs: unknown[] = []
  const day = () => vi.advanceTimersByTimeAsync(24 * 60 * 60_000)
  const cleaning = startCleaning({ store: slowStore, apps: { all }, onBug: (bug) => bugs.push(bug) })
  await day()
  expect(begun).toBe(1)
  end.reject(new Error('no database'))
  end = Promise.withResolvers()
  await day()
  expect([begun, bugs]).toEqual([2, [new Error('no database')]])
  cleaning.stop()
  end.resolve([])
  await day()
  expect(begun).toBe(2)
})

/** Files do not wait for timers. */
const slowStore = {
  repositories: async () => [],
  removeRepository: async () => undefined,
  collectGarbage: async () => 0,
}

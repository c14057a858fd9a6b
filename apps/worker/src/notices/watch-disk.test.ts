import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { readSettings } from '@berth/domain'
import type { Notice } from '@berth/observe'
import { expect, test } from 'vitest'
import { diskUse, openDiskWatch } from './watch-disk.ts'

const counts = (used: number, files = 0) => ({
  ...{
    bsize: 4_096,
    blocks: 1_100,
    bfree: 1_100 - used,
    bavail: 1_000 - used,
    files: 1_000,
    ffree: 1_000 - files,
  },
})

function watching(fractions: readonly number[]) {
  const told: Notice[] = []
  const left = [...fractions]
  const stores = fakeStores()
  const parts = { stores, settings: readSettings({}), notify: (notice: Notice) => void told.push(notice) }
  const watch = openDiskWatch(parts, async () => counts((left.shift() ?? 0) * 1_000))
  const phases = () => told.map((notice) => 'phase' in notice && notice.phase)
  return { watch, phases, stores }
}

test('what is kept for root counts neither as used nor as free', () => {
  expect(diskUse(counts(500))).toEqual({
    ...{ usedFraction: 0.5, usedBytes: 500 * 4_096, freeBytes: 500 * 4_096, totalBytes: 1_000 * 4_096 },
  })
})

test('a disk without room for files is full, whatever room it has for bytes', () => {
  expect(diskUse(counts(100, 990)).usedFraction).toBe(0.99)
  expect(diskUse({ ...counts(100), files: 0, ffree: 0 }).usedFraction).toBe(0.1)
})

test('it is told once when it fills, and once when there is room again; in between it changes nothing', async () => {
  const fractions = [0.5, 0.84, 0.86, 0.9, 0.82, 0.86, 0.79, 0.5, 0.85]
  const { watch, phases } = watching(fractions)
  for (const _ of fractions) await watch.look()
  expect(phases()).toEqual(['begun', 'ended', 'begun'])
})

test('a new worker knows what the last one told', async () => {
  const { watch, phases, stores } = watching([0.9, 0.5])
  const id = '7b4f2d6e-98ab-4b6f-9a53-000000000001'
  const message = { type: 'disk.filling', at: '', isGood: false, title: '', lines: [], url: null, fields: {} }
  const about = { subject: 'disk-filling//var/lib/berth', phase: 'begun', state: 'queued' } as const
  await stores.notifications.addDelivery({ id, targetId: id, message, ...about })
  await watch.look()
  expect(phases()).toEqual([])
  await watch.look()
  expect(phases()).toEqual(['ended'])
})

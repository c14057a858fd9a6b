import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { places, readSettings, type Settings } from '@berth/domain'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { takeUpLock, upLockOwner } from './up-lock.ts'

let settings: Settings
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'berth-lock-'))
  onTestFinished(() => rm(home, { recursive: true }))
  settings = readSettings({ BERTH_HOME: home, BERTH_RUN: home })
})

test('a home is one platform’s at a time', async () => {
  const release = await takeUpLock(settings)
  expect(await upLockOwner(settings)).toBe(process.pid)
  await expect(takeUpLock(settings)).rejects.toMatchObject({
    code: 'UP.ALREADY_RUNNING',
    message: expect.stringContaining(String(process.pid)),
  })
  release()
  expect(await upLockOwner(settings)).toBeNull()
  await takeUpLock(settings)
})

test.each([
  ['of a process that is gone', '4194305 1'],
  ['whose process id another process has now', `${process.pid} 1`],
  ['that was cut off', ''],
])('a lock %s keeps nobody out', async (_, text) => {
  const release = await takeUpLock(settings)
  release()
  await writeFile(places(settings).upLock, text)
  await takeUpLock(settings)
  expect(await upLockOwner(settings)).toBe(process.pid)
})

import type { DeathView } from '@berth/api'
import { expect, test } from 'vitest'
import { adviceFor, sayCause } from './crash-advice.ts'
import { groupCrashes } from './group-crashes.ts'

const death = (change: Partial<DeathView> = {}): DeathView => ({
  ...{ id: 'x', containerId: 'c', instance: 'web.1', releaseVersion: 3, code: 1, signal: null },
  ...{ outOfMemory: false, reason: null, peakMemoryBytes: null, memoryLimitBytes: null },
  ...{ startedAt: null, endedAt: '2026-11-22T10:00:00Z', ranMs: null, lastLines: ['no'] },
  ...change,
})

test('what happens again and again is one crash, told by its newest', () => {
  const newest = death({ endedAt: '2026-11-22T10:09:00Z' })
  const crashes = groupCrashes([newest, death({ code: 2 }), death({ endedAt: '2026-11-22T10:01:00Z' })])
  expect(crashes).toMatchObject([
    { newest, times: 2, firstAt: '2026-11-22T10:01:00Z' },
    { newest: { code: 2 }, times: 1 },
  ])
})

test('another release crashes anew', () => {
  expect(groupCrashes([death({ releaseVersion: 4 }), death()])).toHaveLength(2)
})

test.each([
  [
    { outOfMemory: true, signal: 'SIGKILL', code: 137, memoryLimitBytes: 512 * 1024 ** 2 },
    'Killed: out of memory at 512 MB.',
    true,
  ],
  [{ reason: 'the machine was restarted' }, 'Killed: the machine was restarted.', false],
  [{ code: 127 }, 'Crashed with exit code 127.', false],
])('%j is said in one sentence, with what to do', (change, cause, limits) => {
  expect(sayCause(death(change))).toBe(cause)
  expect(adviceFor(death(change))).toMatchObject({ limits, text: expect.stringMatching(/\.$/) })
})

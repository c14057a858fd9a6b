import { expect, test } from 'vitest'
import { releaseBefore } from './release-before.ts'

const one = (version: number | null, state: 'live' | 'failed' | 'superseded') => ({ version, state })

test('the way back leads to what served last, past what failed', () => {
  expect(
    releaseBefore(one(4, 'live'), [one(5, 'failed'), one(4, 'live'), one(3, 'failed'), one(2, 'superseded')]),
  ).toBe(2)
})

test('a restart of the same release is no release before', () => {
  expect(releaseBefore(one(4, 'live'), [one(4, 'live'), one(4, 'superseded')])).toBeNull()
})

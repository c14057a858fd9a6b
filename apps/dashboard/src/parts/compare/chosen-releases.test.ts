import type { ReleaseView } from '@berth/api'
import { expect, test } from 'vitest'
import { chosenReleases } from './chosen-releases.ts'

const release = (version: number, isLive = false): ReleaseView => ({
  ...{ version, isLive, reason: '', imageDigest: '', commit: null, by: null, createdAt: '', available: true },
})
const releases = [release(4), release(3, true), release(2), release(1)]

test('the address says which two', () => {
  const chosen = { from: 1, to: 4, rollback: false, keep: false }
  expect(chosenReleases({ from: '1', to: '4' }, releases)).toEqual(chosen)
})

test('where it says nothing, what is live is compared with the release before it', () => {
  expect(chosenReleases({}, releases)).toMatchObject({ from: 2, to: 3 })
  expect(chosenReleases({ from: 'x', to: ['1', '2'] }, releases)).toMatchObject({ from: 2, to: 3 })
})

test('going back begins with what is live, whatever the address says', () => {
  expect(chosenReleases({ from: '1', to: '2', rollback: '1', keep: '1' }, releases)).toEqual({
    ...{ from: 3, to: 2, rollback: true, keep: true },
  })
  expect(chosenReleases({ rollback: '1' }, releases)).toMatchObject({ from: 3, to: 2 })
})

test('of one release nothing can be compared', () => {
  expect(chosenReleases({}, [release(1, true)])).toBeNull()
})

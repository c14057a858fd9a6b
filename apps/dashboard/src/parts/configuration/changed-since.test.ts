import { expect, test } from 'vitest'
import { changedSince } from './changed-since.ts'

const none = { added: [], changed: [], removed: [] }
const view = (variables: string[], version: number | null) => ({
  ...{ variables, secretFiles: [] },
  next: version === null ? null : { version, restarts: [] },
})

test('what somebody changed meanwhile is known by names, and by the releases in between', () => {
  const history = [
    { version: 8, variables: { ...none, changed: ['URL'] }, secretFiles: { ...none, added: ['key.pem'] } },
    { version: 7, variables: { ...none, changed: ['LONG_AGO'] }, secretFiles: none },
  ]
  expect(changedSince(view(['A', 'B', 'URL'], 8), view(['A', 'C', 'URL'], 9), history)).toEqual([
    'B',
    'C',
    'URL',
    'key.pem',
  ])
})

test('before the first release only names are known', () => {
  expect(changedSince(view(['A'], null), view(['A', 'B'], null), [])).toEqual(['B'])
})

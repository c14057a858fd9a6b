import { expect, test } from 'vitest'
import { differencesIn } from './differences-in.ts'

test('what was before stands beside what is after, key by key', () => {
  expect(differencesIn({ before: { web: 1, on: false }, after: { web: 3, on: true, worker: 1 } })).toEqual([
    { name: 'web', before: '1', after: '3' },
    { name: 'on', before: 'no', after: 'yes' },
    { name: 'worker', before: null, after: '1' },
  ])
})

test('what lies deeper is named by its way there, and what is empty says nothing', () => {
  const after = { variables: { added: ['A', 'B'], removed: [] }, files: {}, note: null }
  expect(differencesIn({ before: null, after })).toEqual([
    { name: 'variables.added', before: null, after: 'A, B' },
  ])
})

test('a list of things is told thing by thing', () => {
  expect(differencesIn({ after: [{ ref: 'refs/heads/main' }] })).toEqual([
    { name: '0.ref', before: null, after: 'refs/heads/main' },
  ])
  expect(differencesIn({ after: 'text' })).toEqual([{ name: '', before: null, after: 'text' }])
})

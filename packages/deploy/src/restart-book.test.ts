import { web } from '@berth/domain'
import { expect, test } from 'vitest'
import { delayMs, openRestartBook } from './restart-book.ts'

const slot = { type: web, index: 1 }
const crash = { ranMs: 10, exit: null }

test('the delays grow from one second to five minutes', () => {
  expect([1, 2, 3, 4, 8, 9, 10, 50].map(delayMs)).toEqual([
    1_000, 2_000, 4_000, 8_000, 128_000, 256_000, 300_000, 300_000,
  ])
})

test('an instance rests after a crash and may start when its time has come', () => {
  let now = 0
  const book = openRestartBook(() => now)
  expect(book.crashed('app', slot, crash)).toBe(1_000)
  expect(book.resting('app')).toEqual([slot])
  now = 1_000
  expect(book.resting('app')).toEqual([])
})

test('three crashes in a row are a loop', () => {
  const book = openRestartBook(() => 0)
  book.crashed('app', slot, crash)
  book.crashed('app', slot, crash)
  expect(book.look('app', slot)).toMatchObject({ restarts: 2, looping: false })
  book.crashed('app', slot, crash)
  expect(book.look('app', slot)).toMatchObject({ restarts: 3, looping: true })
})

test('one that ran for a minute starts over', () => {
  const book = openRestartBook(() => 0)
  for (let times = 0; times < 5; times += 1) book.crashed('app', slot, crash)
  book.crashed('app', slot, { ranMs: 60_000, exit: null })
  expect(book.look('app', slot)).toMatchObject({ restarts: 1, looping: false })
})

test('one that was given up rests likewise, with the cause in words', () => {
  const book = openRestartBook(() => 0)
  const cause = 'liveness check "page" failed 3 times: connection refused'
  expect(book.crashed('app', slot, { ranMs: 0, exit: null, cause })).toBe(1_000)
  expect(book.look('app', slot)).toMatchObject({ cause, lastExit: null, restarts: 1 })
  book.crashed('app', slot, crash)
  expect(book.look('app', slot)).toMatchObject({ cause: null, restarts: 2 })
})

test('apps and places are counted apart, and forgotten with the app', () => {
  const book = openRestartBook(() => 0)
  book.crashed('app', slot, crash)
  expect(book.look('other', slot)).toBeNull()
  expect(book.look('app', { type: web, index: 2 })).toBeNull()
  book.forget('app')
  expect(book.look('app', slot)).toBeNull()
})

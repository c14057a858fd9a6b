import { describe, expect, test } from 'vitest'
import { sayAgo, sayCount, sayDuration, sayExactly, sayNumber, saySize, sayUntil } from './say.ts'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)
const ago = (seconds: number) => sayAgo(now - seconds * 1000, now)

describe('a time, as people say it', () => {
  test.each([
    [0, 'just now'],
    [-30, 'just now'],
    [42, '42 s ago'],
    [3 * 60 + 5, '3 min ago'],
    [2 * 3600, '2 h ago'],
    [30 * 3600, 'yesterday'],
    [5 * 86_400, '5 days ago'],
    [30 * 86_400, '23 Oct'],
    [400 * 86_400, '18 Oct 2025'],
  ])('%d seconds ago is "%s"', (seconds, said) => expect(ago(seconds)).toBe(said))

  test('exactly, it is the same on every machine', () => {
    expect(sayExactly(now)).toBe('22 Nov 2026, 12:00:00 UTC')
  })
})

test.each([
  [0, '0 ms'],
  [31, '31 ms'],
  [98, '0.1 s'],
  [420, '0.4 s'],
  [9_960, '10 s'],
  [59_600, '1 m 00 s'],
  [64_000, '1 m 04 s'],
  [3_725_000, '1 h 02 m'],
])('%d ms last "%s"', (ms, said) => expect(sayDuration(ms)).toBe(said))

test.each([
  [300_000, '293 kB'],
  [536_870_912, '512 MB'],
  [1_610_612_736, '1.5 GB'],
  [2_147_483_648, '2 GB'],
])('%d bytes are "%s"', (bytes, said) => expect(saySize(bytes)).toBe(said))

test('numbers have separators, and nouns their plural', () => {
  expect(sayNumber(1_234_567)).toBe('1,234,567')
  expect(sayCount(1, 'line')).toBe('1 line')
  expect(sayCount(2_000, 'match', 'matches')).toBe('2,000 matches')
})

test('what is to come is said by how long it is', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const inMs = (ms: number) => sayUntil(now + ms, now)
  expect(inMs(-1)).toBe('over')
  expect(inMs(20_000)).toBe('in 1 min')
  expect(inMs(3 * 3_600_000)).toBe('in 3 h')
  expect(inMs(26 * 3_600_000)).toBe('tomorrow')
  expect(inMs(6.9 * 86_400_000)).toBe('in 7 days')
  expect(inMs(90 * 86_400_000)).toBe('20 Feb 2027')
})

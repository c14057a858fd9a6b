import { expect, test } from 'vitest'
import { sayBytes, sayCheck, sayProgress, sayReused, saySeconds, sayWarning } from './say-event.ts'

const MB = 1024 * 1024

test.each([
  [{ text: 'Careful.' }, 'Careful.'],
  [{ text: 'Careful.', path: 'Dockerfile' }, 'Dockerfile: Careful.'],
  [{ text: 'Careful.', rule: 'R', path: 'Dockerfile', line: 3 }, 'Dockerfile:3: Careful. (R)'],
])('a warning %j', (warning, text) => expect(sayWarning(warning)).toBe(text))

test.each([
  [{ steps: 12, of: 14, savedMs: 41_000 }, '12 of 14 steps reused, 41 s saved'],
  [{ steps: 1, of: 1, savedMs: null }, '1 of 1 step reused'],
  [{ steps: 2, of: 3, savedMs: 900 }, '2 of 3 steps reused'],
])('what was reused %j', (reused, text) => expect(sayReused(reused)).toBe(text))

test('an attempt of a check', () => {
  const attempt = { step: 'web.1', check: 'GET /health', attempt: 1, of: 3, told: 'the answer was 503' }
  expect(sayCheck(attempt)).toBe('Check GET /health, 1 of 3: the answer was 503')
})

test.each([
  [{ doneBytes: 34 * MB, ofBytes: 120 * MB }, 'layer: 34 of 120 MB'],
  [{ doneBytes: 0.5 * MB, ofBytes: 2 * MB }, 'layer: 0.5 of 2 MB'],
  [{ doneBytes: 34 * MB, ofBytes: null }, 'layer: 34 MB'],
  [{ doneBytes: 0, ofBytes: 0 }, 'layer: 0 of 0 kB'],
])('how far a transfer is %j', (progress, text) =>
  expect(sayProgress({ step: null, what: 'layer', ...progress })).toBe(text),
)

test.each([
  [0, '0.0 s'],
  [840, '0.8 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
])('%i ms are %s', (ms, text) => expect(saySeconds(ms)).toBe(text))

test.each([
  [1024, '1 kB'],
  [1.5 * MB, '1.5 MB'],
  [3 * 1024 * MB, '3 GB'],
])('%i bytes are %s', (bytes, text) => expect(sayBytes(bytes)).toBe(text))

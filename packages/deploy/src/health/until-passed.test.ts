import { expect, test } from 'vitest'
import { type Answer, failed, passed, unknown } from './answer.ts'
import { untilPassed } from './until-passed.ts'

const bad = failed('answered 503')

/** When it was asked, in milliseconds from the beginning, until it passed or failed. Askings take no time here. */
async function askings(answer: (nowMs: number) => Answer, given: { attempts: number; waitMs: number }) {
  let nowMs = 0
  const times: number[] = []
  const outcome = await untilPassed(given, {
    ask: async () => {
      times.push(nowMs)
      return answer(nowMs)
    },
    now: () => nowMs,
    pause: async (durationMs) => {
      nowMs += durationMs
    },
    signal: new AbortController().signal,
  })
  return { times, outcome }
}

test('what passes at once is asked once', async () => {
  expect(await askings(() => passed, { attempts: 3, waitMs: 5_000 })).toEqual({ times: [0], outcome: null })
})

test('what passes in a moment is found then, and not after a whole pause', async () => {
  const { times, outcome } = await askings((now) => (now < 100 ? bad : passed), {
    attempts: 1,
    waitMs: 5_000,
  })
  expect(times).toEqual([0, 20, 60, 140])
  expect(outcome).toBeNull()
})

test('the tries of the first second are one attempt', async () => {
  const { times, outcome } = await askings(() => bad, { attempts: 3, waitMs: 5_000 })
  expect(times).toEqual([0, 20, 60, 140, 300, 620, 5_620, 10_620])
  expect(outcome).toEqual(bad)
})

test('a pause that is shorter than a second is kept', async () => {
  const { times } = await askings(() => bad, { attempts: 3, waitMs: 50 })
  expect(times).toEqual([0, 20, 70, 120])
})

test('a pause of 0 is the default one, as for Dokku', async () => {
  const { times } = await askings(() => bad, { attempts: 2, waitMs: 0 })
  expect(times.at(-1)).toBe(5_620)
})

test('what could not be found out is a failed attempt: somebody waits', async () => {
  const { outcome } = await askings(() => unknown('it stands still'), { attempts: 2, waitMs: 5_000 })
  expect(outcome).toMatchObject({ told: 'it stands still' })
})

test('an aborted signal ends it with its reason', async () => {
  const stop = new AbortController()
  const over = untilPassed({ attempts: 9, waitMs: 5_000 }, { ask: async () => bad, signal: stop.signal })
  stop.abort(new Error('cancelled'))
  await expect(over).rejects.toThrow('cancelled')
})

test('each attempt that failed is told with what was answered, the last one too', async () => {
  const told: unknown[] = []
  let nowMs = 0
  await untilPassed(
    { attempts: 2, waitMs: 5_000 },
    {
      ask: async () => bad,
      now: () => nowMs,
      pause: async (durationMs) => {
        nowMs += durationMs
      },
      failed: (attempt, answer) => told.push([attempt, answer.told]),
      signal: new AbortController().signal,
    },
  )
  expect(told).toEqual([
    [1, 'answered 503'],
    [2, 'answered 503'],
  ])
})

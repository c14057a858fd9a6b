import type { AppLogLine, LogPage } from '@berth/observe'
import { expect, test } from 'vitest'
import { type LogPageAsked, type LogPlace, type LogWindowState, openLogWindow } from './log-window.ts'

const start = Date.parse('2026-11-22T10:00:00Z')
const line = (number: number): AppLogLine => ({
  ...{ number, at: new Date(start + number * 1000).toISOString(), source: 'app', instance: 'web.1' },
  ...{ release: 1, stream: 'stdout', text: `line ${number}` },
})

/** A log of so many lines, of which `wanted` are found; a page looks at a hundred. */
function open(count: number, place: LogPlace, wanted = (_: number) => true) {
  const shown: number[] = []
  const states: LogWindowState[] = []
  const followed: (number | null)[] = []
  const page = async ({ before, after, until, limit }: LogPageAsked): Promise<LogPage> => {
    const last = until === null ? count : Math.min(count, Math.floor((Date.parse(until) - start) / 1000))
    const from = after !== null ? after + 1 : Math.max(1, Math.min(before ?? Infinity, last + 1) - 100)
    const to = after !== null ? Math.min(count, after + 100) : Math.min((before ?? Infinity) - 1, last)
    const looked = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
    const lines = looked.filter(wanted).slice(0, limit).map(line)
    return {
      lines,
      before: after !== null || from === 1 ? null : from,
      after: after === null || to === count ? null : to,
    }
  }
  const window = openLogWindow({
    ...{ place, page },
    follow: (after) => {
      followed.push(after)
      return () => followed.push(-1)
    },
    append: (lines) => void shown.push(...lines.map(({ number }) => number)),
    prepend: (lines) => shown.unshift(...lines.map(({ number }) => number)) < 350,
    failureIn: () => ({ code: 'X', message: 'no', hint: '', fault: 'user', retryable: false }),
    onState: (state) => states.push(state),
  })
  const state = () => states.at(-1)
  return { window, shown, state, followed }
}
const ends = (shown: number[]) => [shown[0], shown.at(-1)]

test('the newest lines are shown, older ones when asked for, and what comes is followed', async () => {
  const { window, shown, state, followed } = open(250, { kind: 'newest' })
  await expect.poll(() => state()?.newer).toBe('live')
  expect(ends(shown)).toEqual([151, 250])
  expect(followed).toEqual([250])
  window.older()
  window.older()
  await expect.poll(() => ends(shown)).toEqual([51, 250])
  await expect.poll(() => state()?.older).toBe('more')
  window.older()
  await expect.poll(() => state()?.older).toBe('none')
  expect(shown).toEqual(Array.from({ length: 250 }, (_, index) => index + 1))
})

test('a line is shown with what was around it, and the end is reached page by page', async () => {
  const { window, shown, state, followed } = open(500, { kind: 'line', number: 250 })
  await expect.poll(() => state()?.isReading).toBe(false)
  expect(ends(shown)).toEqual([151, 350])
  expect(state()).toMatchObject({ focusLine: 250, older: 'more', newer: 'more' })
  window.newer()
  await expect.poll(() => ends(shown)).toEqual([151, 450])
  window.newer()
  await expect.poll(() => state()?.newer).toBe('live')
  expect(followed).toEqual([500])
})

test('a moment is shown from its first line on', async () => {
  const { shown, state } = open(500, { kind: 'at', at: new Date(start + 120_500).toISOString() })
  await expect.poll(() => state()?.focusLine).toBe(121)
  expect(shown).toContain(120)
})

test('a search looks on until it has found something', async () => {
  const { shown, state } = open(1_000, { kind: 'newest' }, (number) => number === 42)
  await expect.poll(() => state()?.isReading).toBe(false)
  expect(shown).toEqual([42])
})

test('what does not fit is said, and nothing more is asked for', async () => {
  const { window, shown, state } = open(2_000, { kind: 'newest' })
  for (const length of [100, 200, 300, 400]) {
    await expect.poll(() => shown.length).toBe(length)
    window.older()
  }
  await expect.poll(() => state()?.older).toBe('full')
})

test('what was closed tells nothing more', async () => {
  const { window, shown, state } = open(100, { kind: 'newest' })
  window.close()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(shown).toEqual([])
  expect(state()).toBeUndefined()
})

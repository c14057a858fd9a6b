import type { AppLogLine } from '@berth/observe'
import { expect, test } from 'vitest'
import { collectLog } from './collect-log.ts'

const line = (number: number, text = `line ${number}`): AppLogLine => ({
  ...{ number, at: '2026-11-22T10:00:00.000Z', source: 'app', instance: 'web.1' },
  ...{ release: 1, stream: 'stdout', text },
})
const pages =
  (all: AppLogLine[]) =>
  async ({ before, limit }: { before: number | null; limit: number }) => {
    const older = all.filter(({ number }) => before === null || number < before)
    const lines = older.slice(-Math.min(limit, 3))
    return { lines, before: lines.length < older.length ? (lines[0]?.number ?? null) : null, after: null }
  }

test('a file holds all pages, oldest first, and no colours', async () => {
  const all = [line(1, '\x1b[31mred\x1b[0m'), ...[2, 3, 4, 5].map((number) => line(number))]
  const text = await collectLog(pages(all))
  expect(text.split('\n')).toHaveLength(5)
  expect(text.split('\n')[0]).toBe('2026-11-22T10:00:00.000Z app[web.1] red')
})

test('a file has an end, and says so', async () => {
  const text = await collectLog(pages([1, 2, 3, 4, 5, 6, 7].map((number) => line(number))), 4)
  expect(text).toMatch(/^# Older lines are left out: these are the newest 4\./)
  expect(text).toContain('line 7')
  expect(text).not.toContain('line 3')
})

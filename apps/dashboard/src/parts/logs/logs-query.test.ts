import { describe, expect, test } from 'vitest'
import { filterOf, type LogsQuery, logsCommand, logsHref, readLogsQuery, wholeLog } from './logs-query.ts'

const readBack = (href: string) => readLogsQuery(new URL(href, 'http://x').searchParams)

describe('the address of a log', () => {
  test.each<[Partial<LogsQuery>, string]>([
    [{}, '/apps/shop/logs'],
    [{ of: ['web.1', 'worker'] }, '/apps/shop/logs?of=web.1%2Cworker'],
    [
      { requests: false, stream: 'stderr', search: 'timed out' },
      '/apps/shop/logs?requests=off&stream=stderr&q=timed+out',
    ],
    [
      { grep: 'status=5\\d\\d', at: '2026-11-22T10:00:00.000Z' },
      '/apps/shop/logs?grep=status%3D5%5Cd%5Cd&at=2026-11-22T10%3A00%3A00Z',
    ],
  ])('of %j is %s, and is read back', (change, href) => {
    const query = { ...wholeLog, ...change }
    expect(logsHref('shop', query)).toBe(href)
    expect(readBack(href)).toEqual(query)
  })

  test('that makes no sense shows everything', () => {
    expect(readBack('/x?of=../x,%20&stream=both&requests=maybe&at=soon&crash=;')).toEqual(wholeLog)
  })

  test('of one instance is understood as others link to it', () => {
    expect(readBack('/x?instance=web.1').of).toEqual(['web.1'])
  })
})

test.each<[Partial<LogsQuery>, string[] | null]>([
  [{}, null],
  [{ requests: false }, ['app', 'deploy', 'cron', 'berth']],
  [{ of: ['web.1'] }, ['web.1']],
  [{ of: ['web.1'], requests: true }, ['web.1', 'router']],
])('%j asks for %j', (change, only) => {
  expect(filterOf({ ...wholeLog, ...change }).only).toEqual(only)
})

test('the same is a command', () => {
  expect(logsCommand('shop', wholeLog)).toBe('berth logs --app shop --follow')
  expect(
    logsCommand('shop', { ...wholeLog, of: ['web'], grep: "it's", at: '2026-11-22T10:00:00.000Z' }),
  ).toBe("berth logs --app shop --since 2026-11-22T10:00:00Z --only web --grep 'it'\\''s'")
})

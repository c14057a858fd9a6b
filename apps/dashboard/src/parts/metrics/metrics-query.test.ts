import { describe, expect, test } from 'vitest'
import {
  askedOf,
  metricsCommand,
  metricsHref,
  paceMs,
  readMetricsQuery,
  zoomOut,
  zoomTo,
} from './metrics-query.ts'

const at = (text: string) => Date.parse(`2026-11-${text}Z`)
const now = at('22T12:00:00')
const custom = { from: at('22T09:00:00'), to: at('22T10:00:00') }

describe('the address of the metrics', () => {
  test.each([
    [{ time: { last: '1h' as const }, of: null }, '/apps/shop/metrics'],
    [{ time: { last: '7d' as const }, of: 'web' }, '/apps/shop/metrics?range=7d&of=web'],
    [
      { time: custom, of: 'web.1' },
      '/apps/shop/metrics?from=2026-11-22T09%3A00%3A00Z&to=2026-11-22T10%3A00%3A00Z&of=web.1',
    ],
  ])('%j is %s, and is read back', (query, href) => {
    expect(metricsHref('shop', query)).toBe(href)
    expect(readMetricsQuery(Object.fromEntries(new URL(href, 'http://x').searchParams))).toEqual(query)
  })

  test('that makes no sense shows the last hour of everything', () => {
    const given = { range: '9y', of: '../x', from: '2026-11-22T10:00:00Z', to: '2026-11-22T09:00:00Z' }
    expect(readMetricsQuery(given)).toEqual({ time: { last: '1h' }, of: null })
    expect(readMetricsQuery({ of: ['web', 'worker'] }).of).toBe('web')
  })
})

test('an instance, a process type or all is asked for', () => {
  const time = { last: '1h' } as const
  expect(askedOf({ time, of: 'web.1' }, now)).toMatchObject({
    instance: 'web.1',
    to: '2026-11-22T12:00:00.000Z',
  })
  expect(askedOf({ time, of: 'web' }, now)).toMatchObject({ process: 'web' })
  expect(askedOf({ time, of: null }, now)).toMatchObject({ process: null })
})

test('the longer the time, the slower the pace; what is over stands still', () => {
  const paces = (['1h', '6h', '24h', '30d'] as const).map((last) => paceMs({ last }))
  expect(paces).toEqual([10_000, 45_000, 180_000, 300_000])
  expect(paceMs(custom)).toBeNull()
})

describe('zooming', () => {
  test('a part of a minute becomes five minutes around it', () => {
    expect(zoomTo(at('22T09:00:00'), at('22T09:01:00'))).toEqual({
      from: at('22T08:58:00'),
      to: at('22T09:03:00'),
    })
  })

  test('out is three times as much, but not beyond now', () => {
    expect(zoomOut(custom, now)).toEqual({ from: at('22T08:00:00'), to: at('22T11:00:00') })
    expect(zoomOut({ from: at('22T11:00:00'), to: now }, now)).toEqual({ from: at('22T09:00:00'), to: now })
  })

  test('out of 20 days is the 30 that are kept', () => {
    expect(zoomOut({ from: at('02T12:00:00'), to: now }, now)).toEqual({ last: '30d' })
  })
})

test('the same is a command', () => {
  expect(metricsCommand('shop', { time: { last: '24h' }, of: 'web' })).toBe(
    'berth metrics --app shop --since 24h --process web',
  )
  expect(metricsCommand('shop', { time: custom, of: 'web.1' })).toBe(
    'berth metrics --app shop --since 2026-11-22T09:00:00Z --until 2026-11-22T10:00:00Z --instance web.1',
  )
})

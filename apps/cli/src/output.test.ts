import { afterEach, expect, test, vi } from 'vitest'
import { ago, bytes, plain, stateColumn, table } from './output.ts'

afterEach(() => vi.unstubAllEnvs())

test('columns line up, numbers to the right', () => {
  const columns = [
    { title: 'name', value: (row: { name: string; n: number }) => row.name },
    { title: 'n', value: (row: { name: string; n: number }) => String(row.n), align: 'right' as const },
  ]
  const rows = [
    { name: 'web', n: 7 },
    { name: 'worker', n: 100 },
  ]
  expect(table(rows, columns, 'none')).toBe('NAME      N\nweb       7\nworker  100')
  expect(table([], columns, 'No apps yet.')).toBe('No apps yet.')
})

test('a state has its colour where colours are wanted, and columns line up all the same', () => {
  const columns = [stateColumn((state: string) => state), { title: 'n', value: () => '1' }]
  expect(table(['live', 'stopped'], columns, '')).toBe('STATE    N\nlive     1\nstopped  1')
  vi.stubEnv('FORCE_COLOR', '1')
  expect(table(['live', 'stopped'], columns, '')).toBe(
    'STATE    N\n\u001b[32mlive   \u001b[39m  1\nstopped  1',
  )
})

test('what comes from elsewhere cannot steer the terminal', () => {
  expect(plain('a\u001b[31mb\u0000c\u202ed')).toBe('a?[31mb?c?d')
})

test('times are said as people say them', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  expect(ago('2026-11-21T11:59:18Z', now)).toBe('42 s ago')
  expect(ago('2026-11-21T11:57:00Z', now)).toBe('3 min ago')
  expect(ago('2026-11-19T11:57:00Z', now)).toBe('2 d ago')
  expect(ago(null, now)).toBe('–')
})

test('sizes are in units of a thousand', () => {
  expect([0, 999, 1_000, 12_345_678, 3_200_000_000].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '12.3 MB',
    '3.2 GB',
  ])
})

import type { AppState, AppView, TrafficView } from '@berth/api'
import { expect, test } from 'vitest'
import { arrangeApps, nextSort, readSort, usualAppsQuery } from './arrange-apps.ts'

const app = (name: string, state: AppState, minutesAgo: number | null, message = ''): AppView => ({
  ...{ name, state, url: `http://${name}.example`, team: { id: 't', name: 'Harbour' } },
  ...{ stoppedAt: null, lock: null, deployBranch: null, createdAt: '', instances: null, live: null },
  latest:
    minutesAgo === null
      ? null
      : {
          ...({} as NonNullable<AppView['latest']>),
          by: 'Ada',
          createdAt: new Date(1_800_000_000_000 - minutesAgo * 60_000).toISOString(),
          commit: { commit: '3f9c2ab', message, author: 'Ada', branch: 'main' },
        },
})
const apps = [
  app('tides', 'live', 26, 'Show the tides'),
  app('mailer', 'crashed', 90),
  app('atlas', 'empty', null),
  app('shop', 'live', 3, 'Prices with tax'),
  app('archive', 'stopped', 9_000),
]
const names = (change: Partial<typeof usualAppsQuery>, traffic: TrafficView | null = null) =>
  arrangeApps(apps, { ...usualAppsQuery, ...change }, traffic).map(({ name }) => name)

test('apps come by name unless something else is asked for', () => {
  expect(names({})).toEqual(['archive', 'atlas', 'mailer', 'shop', 'tides'])
  expect(names({ sort: '-name' })[0]).toBe('tides')
  expect(names({ sort: 'nonsense' })[0]).toBe('archive')
})

test('a search finds every word in the name, the address or the last commit', () => {
  expect(names({ q: 'prices tax' })).toEqual(['shop'])
  expect(names({ q: 'TIDES' })).toEqual(['tides'])
  expect(names({ q: 'ada example' })).toEqual(['archive', 'mailer', 'shop', 'tides'])
  expect(names({ q: 'prices tides' })).toEqual([])
})

test('states are grouped by what one would do about them', () => {
  expect(names({ state: 'trouble' })).toEqual(['mailer'])
  expect(names({ state: 'live' })).toEqual(['shop', 'tides'])
  expect(names({ state: 'nonsense' })).toHaveLength(5)
})

test('trouble, what is new and what is busy come first where they are sorted by', () => {
  expect(names({ sort: 'state' })[0]).toBe('mailer')
  expect(names({ sort: '-deployed' })).toEqual(['shop', 'tides', 'mailer', 'archive', 'atlas'])
  const line = (name: string, requests: number) => ({
    ...{ app: name, requests: [], serverErrors: [] },
    total: { requests, serverErrors: 0 },
  })
  const traffic = { from: '', stepMs: 60_000, apps: [line('tides', 12), line('shop', 900)] }
  expect(names({ sort: '-traffic' }, traffic).slice(0, 2)).toEqual(['shop', 'tides'])
})

test('a heading sorts the useful way first, and the other way next', () => {
  expect(nextSort(readSort('name'), 'traffic')).toBe('-traffic')
  expect(nextSort(readSort('-traffic'), 'traffic')).toBe('traffic')
  expect(nextSort(readSort('name'), 'name')).toBe('-name')
  expect(nextSort(readSort('-deployed'), 'name')).toBe('name')
})

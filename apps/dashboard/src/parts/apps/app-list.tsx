'use client'

import type { AppView, TrafficView } from '@berth/api'
import { type Column, FilterBar, SearchField, Select, sayCount, Table } from '@berth/ui'
import type { ReactNode } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useQuery } from '../../live/use-query.ts'
import { LostNotice } from '../lost-notice.tsx'
import { AppRow } from './app-row.tsx'
import { arrangeApps, nextSort, readSort, type SortKey, stateGroups, usualAppsQuery } from './arrange-apps.ts'

type AppListProps = {
  team: string
  initial: { apps: AppView[]; traffic: TrafficView | null }
  empty: ReactNode
}

const trafficEveryMs = 30_000

/** Every app of a team: how it is, what changed last, what comes for it. What is filtered and how it is sorted is in the address. */
export function AppList({ team, initial, empty }: AppListProps) {
  const { value: apps, lost } = useLive(initial.apps, () => trpc.apps.list.query({ team }))
  const { value: traffic } = useLive(initial.traffic, () => trpc.traffic.list.query({ team }), {
    app: null,
    everyMs: trafficEveryMs,
  })
  const [query, change] = useQuery(usualAppsQuery)
  if (apps.length === 0) return empty
  const shown = arrangeApps(apps, query, traffic)
  const lines = new Map(traffic?.apps.map((line) => [line.app, line]))
  return (
    <div className="flex flex-col gap-4">
      <LostNotice lost={lost} />
      <FilterBar label="Filter the apps" aside={sayShown(shown.length, apps.length)}>
        <SearchField label="Find an app" value={query.q} onChange={(q) => change({ q })} />
        <Select
          label="State"
          value={query.state}
          options={stateGroups}
          onChange={(state) => change({ state })}
        />
        <Select
          label="Sort"
          value={query.sort}
          options={sorts}
          onChange={(sort) => change({ sort })}
          className="sm:hidden"
        />
      </FilterBar>
      {shown.length === 0 ? (
        <NothingFound onClear={() => change(usualAppsQuery)} />
      ) : (
        <Table label="Apps" head={headOf(query.sort, (sort) => change({ sort }))}>
          {shown.map((app) => (
            <AppRow key={app.name} app={app} traffic={lines.get(app.name) ?? null} />
          ))}
        </Table>
      )}
    </div>
  )
}

const sorts = [
  { value: 'name', words: 'By name' },
  { value: 'state', words: 'Trouble first' },
  { value: '-deployed', words: 'Newest first' },
  { value: '-traffic', words: 'Busiest first' },
]

function headOf(word: string, onSort: (sort: string) => void): (string | Column)[] {
  const sort = readSort(word)
  const column = (title: string, key: SortKey): Column => ({
    title,
    ...(sort.key === key ? { sorted: sort.descending ? 'descending' : 'ascending' } : {}),
    onSort: () => onSort(nextSort(sort, key)),
  })
  return [
    column('App', 'name'),
    column('State', 'state'),
    column('Last deployment', 'deployed'),
    column('Last hour', 'traffic'),
    'Instances',
  ]
}

function sayShown(shown: number, all: number): string {
  return shown === all ? sayCount(all, 'app') : `${shown} of ${sayCount(all, 'app')}`
}

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <p className="rounded-md border border-dashed border-line-strong px-6 py-8 text-muted">
      No app is like that.{' '}
      <button
        type="button"
        onClick={onClear}
        className="rounded-sm font-medium text-text underline underline-offset-2"
      >
        Show all
      </button>
    </p>
  )
}

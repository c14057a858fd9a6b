import type { AppState, AppView, TrafficView } from '@berth/api'

/** What a person wants to see of a list of apps, as it stands in the address. */
export type AppsQuery = { q: string; state: string; sort: string }

export const usualAppsQuery: AppsQuery = { q: '', state: 'all', sort: 'name' }

/** States by what one would do about them. */
export const stateGroups = [
  { value: 'all', words: 'Any state', states: null },
  { value: 'live', words: 'Live', states: ['live'] },
  { value: 'trouble', words: 'In trouble', states: ['crashed', 'failed', 'unhealthy'] },
  { value: 'busy', words: 'Under way', states: ['deploying', 'starting'] },
  { value: 'stopped', words: 'Stopped', states: ['stopped'] },
  { value: 'empty', words: 'Never deployed', states: ['empty'] },
] as const satisfies readonly { value: string; words: string; states: readonly AppState[] | null }[]

export type SortKey = 'name' | 'state' | 'deployed' | 'traffic'
export type Sort = { key: SortKey; descending: boolean }

/** The other way round from what one wants first of each: names from A, the newest, the busiest, the worst. */
const firstDescending: Record<SortKey, boolean> = { name: false, state: false, deployed: true, traffic: true }

export function readSort(word: string): Sort {
  const key = word.replace(/^-/, '')
  return isSortKey(key) ? { key, descending: word.startsWith('-') } : { key: 'name', descending: false }
}

/** After a press on the heading of `key`. */
export function nextSort(now: Sort, key: SortKey): string {
  const descending = now.key === key ? !now.descending : firstDescending[key]
  return descending ? `-${key}` : key
}

export function arrangeApps(
  apps: readonly AppView[],
  { q, state, sort }: AppsQuery,
  traffic: TrafficView | null,
): AppView[] {
  const wanted: readonly AppState[] | null = stateGroups.find(({ value }) => value === state)?.states ?? null
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = apps.filter(
    (app) =>
      (wanted === null || wanted.includes(app.state)) && words.every((word) => textOf(app).includes(word)),
  )
  const requests = new Map(traffic?.apps.map(({ app, total }) => [app, total.requests ?? -1]))
  const { key, descending } = readSort(sort)
  const compare = (one: AppView, other: AppView) => compareBy(key, one, other, requests)
  return shown.sort(
    (one, other) => (descending ? -1 : 1) * compare(one, other) || one.name.localeCompare(other.name),
  )
}

function textOf({ name, url, latest }: AppView): string {
  return [name, url, latest?.commit?.message, latest?.commit?.commit, latest?.by].join('\n').toLowerCase()
}

function compareBy(
  key: SortKey,
  one: AppView,
  other: AppView,
  requests: ReadonlyMap<string, number>,
): number {
  if (key === 'state') return worst.indexOf(one.state) - worst.indexOf(other.state)
  if (key === 'deployed') return deployedAt(one) - deployedAt(other)
  if (key === 'traffic') return (requests.get(one.name) ?? -1) - (requests.get(other.name) ?? -1)
  return one.name.localeCompare(other.name)
}

const worst: readonly AppState[] = [
  ...(['crashed', 'failed', 'unhealthy', 'unknown', 'deploying', 'starting'] as const),
  ...(['live', 'stopped', 'empty'] as const),
]

function deployedAt({ latest }: AppView): number {
  return latest === null ? 0 : Date.parse(latest.createdAt)
}

function isSortKey(key: string): key is SortKey {
  return Object.hasOwn(firstDescending, key)
}

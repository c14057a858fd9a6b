import type { Inputs } from '@berth/api'

/** Which part of the activity is looked at, as it stands in the address. */
export type ActivityFilter = {
  /** An e-mail address. */
  person?: string
  app?: string
  /** The beginning of an action, up to a point. */
  action?: string
  since?: Since
  /** Entries behind this one. */
  after?: string
}

const day = 24 * 60 * 60_000
const sinceMs = { '1h': 60 * 60_000, '24h': day, '7d': 7 * day, '30d': 30 * day } as const
export type Since = keyof typeof sinceMs

export const sinceWords: Record<Since, string> = {
  '1h': 'the last hour',
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
  '30d': 'the last 30 days',
}

/** What actions are about, in the words of the pages; the value is how their names begin. */
export const actionGroups = [
  { value: 'git push', words: 'Pushes' },
  { value: 'deploy', words: 'Deployments without a push' },
  { value: 'releases', words: 'Rollbacks' },
  { value: 'configuration', words: 'Configuration' },
  { value: 'processes', words: 'Scaling and restarts' },
  { value: 'limits', words: 'Limits' },
  { value: 'apps', words: 'Apps: made, locked, renamed, removed' },
  { value: 'domains', words: 'Domains' },
  { value: 'certificates', words: 'Certificates' },
  { value: 'exec', words: 'Consoles' },
  { value: 'oneOffs', words: 'One-off commands' },
  { value: 'cron', words: 'Scheduled jobs' },
  { value: 'deployKeys', words: 'Deploy keys' },
  { value: 'members', words: 'Members and invitations' },
  { value: 'teams', words: 'The team itself' },
  { value: 'notifications', words: 'Notifications' },
  { value: 'registries', words: 'Registries' },
] as const

type Search = Readonly<Record<string, string | string[] | undefined>>

/** What is no filter is left out: an address is typed by anybody. */
export function filterIn(search: Search): ActivityFilter {
  const text = (key: string) => {
    const value = search[key]
    return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined
  }
  const since = text('since')
  return {
    person: text('person'),
    app: text('app'),
    action: text('action'),
    since: since !== undefined && Object.hasOwn(sinceMs, since) ? (since as Since) : undefined,
    after: text('after')?.match(/^[\dT:.Z-]{20,30}_[0-9a-f-]{36}$/)?.[0],
  }
}

/** `?app=shop&since=7d`; empty where everything is looked at. */
export function searchOf(filter: ActivityFilter): string {
  const said = Object.entries(filter).filter(([, value]) => value !== undefined)
  return said.length === 0 ? '' : `?${new URLSearchParams(said as [string, string][])}`
}

/** As the API asks it. */
export function queryOf(
  { since, ...rest }: ActivityFilter,
  nowMs: number,
): Omit<Inputs['audit']['list'], 'limit'> {
  return { ...rest, ...(since && { since: new Date(nowMs - sinceMs[since]) }) }
}

export function isFiltered({ after: _, ...filter }: ActivityFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

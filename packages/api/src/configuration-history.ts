import type { Release } from '@berth/domain'
import { type ConfigurationDifference, differenceOf } from '@berth/release'
import type { ApiContext } from './context.ts'

/** Names, never values. */
export type ConfigurationHistory = {
  changes: ConfigurationHistoryEntry[]
  /** Older releases were not looked at. */
  more: boolean
}

export type ConfigurationHistoryEntry = {
  version: number
  /** The release before it, which it differs from; null: it is the first. */
  before: number | null
  at: string
  by: string | null
  reason: string
  variables: ConfigurationDifference
  secretFiles: ConfigurationDifference
}

const atATime = 10

/** Which of the newest releases were told something else than the one before. */
export async function configurationHistory(
  { stores }: Pick<ApiContext, 'stores'>,
  appId: string,
  most: number,
): Promise<ConfigurationHistory> {
  const listed = await stores.releases.list(appId, most + 1)
  const releases: Release[] = []
  // What a release is told is opened for each by itself.
  for (let from = 0; from < listed.length; from += atATime) {
    const some = listed.slice(from, from + atATime)
    releases.push(...(await Promise.all(some.map(({ id }) => stores.releases.get(id)))))
  }
  const looked = releases.slice(0, most).map((release, at) => entryOf(release, releases[at + 1] ?? null))
  const changes = looked.filter(isChange)
  const ids = new Map(releases.map(({ version, createdById }) => [version, createdById]))
  const names = await namesOf(stores.people, [...new Set(ids.values())])
  return {
    changes: changes.map((entry) => ({ ...entry, by: names.get(ids.get(entry.version) ?? '') ?? null })),
    more: listed.length > most,
  }
}

function entryOf(release: Release, before: Release | null): Omit<ConfigurationHistoryEntry, 'by'> {
  return {
    ...{ version: release.version, before: before?.version ?? null, reason: release.reason },
    at: release.createdAt.toISOString(),
    variables: differenceOf(before?.configuration ?? {}, release.configuration),
    secretFiles: differenceOf(before?.secretFiles ?? {}, release.secretFiles),
  }
}

function isChange({
  variables,
  secretFiles,
}: Pick<ConfigurationHistoryEntry, 'variables' | 'secretFiles'>): boolean {
  return [variables, secretFiles].some(
    ({ added, changed, removed }) => added.length + changed.length + removed.length > 0,
  )
}

async function namesOf(
  people: Pick<ApiContext['stores']['people'], 'person'>,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const known = await Promise.all(ids.map((id) => (id === null ? null : people.person(id))))
  return new Map(known.flatMap((person) => (person === null ? [] : [[person.id, person.name] as const])))
}

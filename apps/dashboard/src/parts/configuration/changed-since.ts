import type { ConfigurationHistoryEntry, ConfigurationView } from '@berth/api'

type Names = Pick<ConfigurationView, 'variables' | 'secretFiles' | 'next'>

/** What differs between two looks at a configuration: by its names, and by the releases that were made in between. */
export function changedSince(
  before: Names,
  now: Names,
  history: readonly Pick<ConfigurationHistoryEntry, 'version' | 'variables' | 'secretFiles'>[],
): string[] {
  const [had, has] = [namesOf(before), namesOf(now)]
  const came = has.filter((name) => !had.includes(name))
  const went = had.filter((name) => !has.includes(name))
  const released = history
    .filter(({ version }) => version >= (before.next?.version ?? 1))
    .flatMap(({ variables, secretFiles }) => [variables, secretFiles])
    .flatMap(({ added, changed, removed }) => [...added, ...changed, ...removed])
  return [...new Set([...came, ...went, ...released])].sort()
}

function namesOf({ variables, secretFiles }: Names): string[] {
  return [...variables, ...secretFiles.map(({ name }) => name)]
}

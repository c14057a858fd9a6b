import { type Formation, type ProcessType, type Release, web } from '@berth/domain'

/** How many of what should run: a type that the release does not have counts for nothing; a new one starts with none. */
export function quantitiesOf(
  release: Pick<Release, 'processes'>,
  formation: Formation,
): { type: ProcessType; quantity: number }[] {
  return release.processes.map(({ type }) => ({ type, quantity: formation[type] ?? (type === web ? 1 : 0) }))
}

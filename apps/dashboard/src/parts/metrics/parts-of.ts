import type { InstanceView } from '@berth/observe'

/** What can be looked at on its own: each process type with its instances behind it, and what is chosen already. */
export function partsOf(
  instances: readonly Pick<InstanceView, 'name'>[] | null,
  chosen: string | null,
): string[] {
  const names = [...(instances ?? []).map(({ name }) => name), ...(chosen ? [chosen] : [])]
  const types = names.map((name) => name.split('.')[0] ?? name)
  return [...new Set([...types, ...names])].sort(byTypeAndNumber)
}

function byTypeAndNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

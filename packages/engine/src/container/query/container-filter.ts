import type { Container, ContainerFilter } from '../../engine.ts'

/** What a filter leaves open to those who hold the containers. */
export type FilterContext = {
  /** When the container that is meant was made. @throws CONTAINER.NOT_FOUND */
  createdAt(reference: string): Date
  /** Whether it runs the image that is meant, or one that was built on it. */
  isFrom(container: Container): boolean
}

/** All that is said must hold. */
export function matchesFilter(
  container: Container,
  labels: Readonly<Record<string, string>>,
  filter: ContainerFilter,
  context: FilterContext,
): boolean {
  const { states, name, group, image, exitCodes, before, since } = filter
  const checks: readonly (readonly [unknown, () => boolean])[] = [
    [labels, () => Object.entries(labels).every(([key, value]) => container.labels[key] === value)],
    [states, () => states?.includes(container.state) ?? true],
    [name, () => container.name.includes(name ?? '')],
    [group, () => container.group === group],
    [image, () => context.isFrom(container)],
    [exitCodes, () => container.exit !== null && (exitCodes?.includes(container.exit.code) ?? true)],
    [before, () => container.createdAt < context.createdAt(before ?? '')],
    [since, () => container.createdAt > context.createdAt(since ?? '')],
  ]
  return checks.every(([given, holds]) => given === undefined || holds())
}

/** What prune takes: never one that runs, or that its restart policy is about to start. */
export function isPrunable(
  container: Container,
  { labels = {}, createdBefore }: { labels?: Readonly<Record<string, string>>; createdBefore?: Date },
): boolean {
  const idle = container.state === 'created' || container.state === 'exited'
  const labelled = Object.entries(labels).every(([key, value]) => container.labels[key] === value)
  const old = createdBefore === undefined || container.createdAt < createdBefore
  return idle && labelled && old && (container.restartsAt ?? null) === null
}

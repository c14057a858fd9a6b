import type { Configuration } from '@berth/domain'

/** Names, never values. */
export type ConfigurationDifference = { added: string[]; removed: string[]; changed: string[] }

export function differenceOf(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): ConfigurationDifference {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const has = (all: Readonly<Record<string, string>>, name: string) => Object.hasOwn(all, name)
  return {
    added: names.filter((name) => !has(before, name)),
    removed: names.filter((name) => !has(after, name)),
    changed: names.filter((name) => has(before, name) && has(after, name) && before[name] !== after[name]),
  }
}

export function isSameConfiguration(one: Configuration, other: Configuration): boolean {
  return (
    isNone(differenceOf(one.variables, other.variables)) &&
    isNone(differenceOf(one.secretFiles, other.secretFiles))
  )
}

/** `Set A, B and remove C`: why there is a release, as people read it. */
export function sayChange(before: Configuration, after: Configuration): string {
  const variables = differenceOf(before.variables, after.variables)
  const files = differenceOf(before.secretFiles, after.secretFiles)
  const set = [...variables.added, ...variables.changed, ...named([...files.added, ...files.changed])]
  const removed = [...variables.removed, ...named(files.removed)]
  const parts = [
    ...(set.length > 0 ? [`set ${listed(set)}`] : []),
    ...(removed.length > 0 ? [`remove ${listed(removed)}`] : []),
  ]
  const text = parts.join(' and ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const mostNamed = 5

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ')
}

function named(files: readonly string[]): string[] {
  return files.map((name) => `the file ${name}`)
}

function isNone({ added, removed, changed }: ConfigurationDifference): boolean {
  return added.length + removed.length + changed.length === 0
}

/** What was before and is after, key by key, in text. What is told of one side alone has null for the other. */
export type Difference = { name: string; before: string | null; after: string | null }

export function differencesIn({ before, after }: { before?: unknown; after?: unknown }): Difference[] {
  const [one, other] = [flat(before), flat(after)]
  const names = [...new Set([...one.keys(), ...other.keys()])]
  return names.map((name) => ({ name, before: one.get(name) ?? null, after: other.get(name) ?? null }))
}

/** `variables.added` → `A, B`. Empty lists and objects say nothing. */
function flat(value: unknown, path = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map()
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
    return value.length === 0 ? new Map() : new Map([[path, value.join(', ')]])
  }
  if (typeof value !== 'object') return new Map([[path, sayValue(value)]])
  const entries = Object.entries(value).flatMap(([key, each]) => [
    ...flat(each, path === '' ? key : `${path}.${key}`),
  ])
  return new Map(entries)
}

function sayValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}

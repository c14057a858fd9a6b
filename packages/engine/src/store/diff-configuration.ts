import type { ConfigurationChange, ImageConfig } from '../engine.ts'

/** What changed in how an image is run. Lists and maps are compared entry by entry, the rest as it is written. */
export function diffConfiguration(
  before: ImageConfig,
  after: ImageConfig,
  showValues: boolean,
): ConfigurationChange[] {
  return [
    ...entries('env', before.env, after.env).map((change) => (showValues ? change : withoutValues(change))),
    ...entries('labels', before.labels, after.labels),
    ...entries('exposedPorts', keys(before.exposedPorts), keys(after.exposedPorts)),
    ...entries('volumes', keys(before.volumes), keys(after.volumes)),
    ...whole.flatMap((field) => entries(field, one(before[field]), one(after[field])).map(unnamed)),
  ]
}

const whole = [
  'entrypoint',
  'command',
  'workingDirectory',
  'user',
  'author',
  'stopSignal',
  'healthcheck',
  'shell',
  'onBuild',
  'architecture',
  'os',
] as const

function entries(
  field: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): ConfigurationChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name): ConfigurationChange[] => {
    const was = Object.hasOwn(before, name) ? (before[name] as string) : null
    const is = Object.hasOwn(after, name) ? (after[name] as string) : null
    if (was === is) return []
    const change = was === null ? 'added' : is === null ? 'removed' : 'changed'
    return [{ field, name, change, before: was, after: is }]
  })
}

function one(value: unknown): Record<string, string> {
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return {}
  return { value: typeof value === 'string' ? value : JSON.stringify(value) }
}

function keys(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']))
}

function unnamed(change: ConfigurationChange): ConfigurationChange {
  return { ...change, name: null }
}

function withoutValues(change: ConfigurationChange): ConfigurationChange {
  return { ...change, before: null, after: null }
}

import { isBerthError, type ProcessLimits, type Release } from '@berth/domain'
import type { ReleaseComparison } from '@berth/observe'
import { type ConfigurationDifference, differenceOf, type NewRelease } from '@berth/release'
import type { ApiContext } from './context.ts'

/** What lies between two releases. Values of variables are in none of it. */
export type ReleaseDifference = {
  from: number
  to: number
  variables: ConfigurationDifference
  secretFiles: ConfigurationDifference
  /** Commands of process types, and of what runs around a deployment; null: there is none. */
  processes: Changed<string>[]
  limits: Changed<ProcessLimits>[]
  /** Other checks of instances, or another schedule. */
  healthchecks: boolean
  cron: boolean
  sameImage: boolean
  /** Null in place of either: it is not known any more, or the worker does not answer now. */
  commits: ReleaseComparison['commits']
  files: ReleaseComparison['files']
}

/** `before` null: it is new; `after` null: it is gone. */
export type Changed<Value> = { name: string; before: Value | null; after: Value | null }

export async function compareReleases(
  { live }: Pick<ApiContext, 'live'>,
  before: Release,
  after: Release,
): Promise<ReleaseDifference> {
  const [from, to] = [before.version, after.version]
  const { commits, files } = await asked(() => live.compareReleases(before.appId, { from, to }))
  return { from, to, ...recordedDifference(before, after), commits, files }
}

export function recordedDifference(before: NewRelease, after: NewRelease) {
  return {
    variables: differenceOf(before.configuration, after.configuration),
    secretFiles: differenceOf(before.secretFiles, after.secretFiles),
    processes: changesOf(commandsOf(before), commandsOf(after)),
    limits: changesOf(before.limits, after.limits),
    healthchecks: JSON.stringify(before.healthchecks) !== JSON.stringify(after.healthchecks),
    cron: JSON.stringify(before.cron) !== JSON.stringify(after.cron),
    sameImage: before.imageDigest === after.imageDigest,
  }
}

/** The image's own command has no words here. */
function commandsOf({ processes, releaseCommand, scripts }: NewRelease): Record<string, string> {
  const types = processes.map(({ type, command }) => [type, command ?? 'the image’s own command'])
  const tasks = Object.entries({ release: releaseCommand, ...scripts }).filter(([, line]) => line !== null)
  return Object.fromEntries([...types, ...tasks])
}

function changesOf<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): Changed<Value>[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names
    .map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
}

async function asked(ask: () => Promise<ReleaseComparison>): Promise<ReleaseComparison> {
  try {
    return await ask()
  } catch (error) {
    if (isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) return { commits: null, files: null }
    throw error
  }
}

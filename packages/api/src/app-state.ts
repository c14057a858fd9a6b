import type { InstanceState } from '@berth/observe'
import type { AttemptState } from './attempt.ts'

/**
 * An app's state in one word, from the newest attempt to deploy and from what really runs.
 *
 *   empty      nothing was deployed yet
 *   deploying  a build or a deployment is under way
 *   failed     nothing is live, because every attempt failed
 *   live       every instance runs
 *   starting   instances are there and none of them answers yet (after a reboot)
 *   unhealthy  some instances run, others crashed or are being restarted
 *   crashed    none runs and at least one crashed
 *   stopped    something is live and no instance is there
 *   unknown    something is live, and the worker does not say what runs
 */
export type AppState =
  | 'empty'
  | 'deploying'
  | 'failed'
  | 'live'
  | 'starting'
  | 'unhealthy'
  | 'crashed'
  | 'stopped'
  | 'unknown'

const underWay = new Set<AttemptState>(['queued', 'building', 'starting', 'healthy'])

export function isUnderWay(state: AttemptState): boolean {
  return underWay.has(state)
}

export function appState(now: {
  /** Of the newest attempt; null: there was none. */
  latest: AttemptState | null
  /** Is any deployment live? */
  hasLive: boolean
  /** Null: the worker did not say. */
  instances: readonly { state: InstanceState }[] | null
}): AppState {
  const { latest, hasLive, instances } = now
  if (latest !== null && isUnderWay(latest)) return 'deploying'
  if (!hasLive) return latest === null ? 'empty' : 'failed'
  if (instances === null) return 'unknown'
  return stateOfInstances(instances.map(({ state }) => state))
}

function stateOfInstances(states: readonly InstanceState[]): AppState {
  const wanted = states.filter((state) => state !== 'stopping' && state !== 'stopped')
  if (wanted.length === 0) return 'stopped'
  const running = wanted.filter((state) => state === 'running').length
  if (running === wanted.length) return 'live'
  const broken = wanted.some((state) => state === 'crashed' || state === 'restarting')
  if (running > 0) return broken ? 'unhealthy' : 'live'
  return broken ? 'crashed' : 'starting'
}

import type { ContainerExit, RestartPolicy } from '../engine.ts'

/**
 * Whether a container that has ended is started again, and when: at once, then after twice as long each time, up to a
 * minute; from the beginning after it has run for a while. Docker's figures, and its rules: what was stopped by hand stays
 * so; `on-failure` looks at the exit code. An end that nobody saw (the machine was restarted) counts as a failure.
 */
export function nextRestart(given: {
  policy: RestartPolicy
  exit: Pick<ContainerExit, 'code'>
  /** By hand: `stop`, or a signal that ends it. */
  stopped: boolean
  /** In a row, so far. */
  restarts: number
  ranMs: number
}): { afterMs: number; restarts: number } | null {
  const { policy, exit, stopped, ranMs } = given
  if (stopped || policy.when === 'no') return null
  if (policy.when === 'on-failure' && exit.code === 0) return null
  const restarts = ranMs >= settledAfterMs ? 0 : given.restarts
  if (policy.when === 'on-failure' && policy.mostRestarts > 0 && restarts >= policy.mostRestarts) return null
  return { afterMs: Math.min(firstDelayMs * 2 ** restarts, longestDelayMs), restarts: restarts + 1 }
}

/** Whether one that does not run is started when the engine is opened; `due`: its restart was still to come. */
export function startsWithEngine(given: {
  policy: RestartPolicy
  stopped: boolean
  /** It has never run: nobody asked for it yet. */
  fresh: boolean
  due: boolean
}): boolean {
  const { policy, stopped, fresh, due } = given
  if (fresh || policy.when === 'no') return false
  if (policy.when === 'always') return true
  return policy.when === 'unless-stopped' ? !stopped : due && !stopped
}

const firstDelayMs = 100
const longestDelayMs = 60_000
const settledAfterMs = 10_000

import type { Healthcheck } from '@berth/domain'
import type { ImageConfig } from '@berth/engine'

/** Source of the numbers: Docker's reference of HEALTHCHECK; 0 in a configuration means them. */
const defaults = { intervalMs: 30_000, timeoutMs: 30_000, startIntervalMs: 5_000, retries: 3 }

/**
 * An image's HEALTHCHECK as checks: at the start and, from then on, of its life, as Swarm takes it. Docker gives a container
 * its start period and then `retries` intervals before it calls it unhealthy; so much time it has here too, but it is
 * asked more often meanwhile, because somebody waits.
 */
export function imageChecks({
  healthcheck,
  shell,
}: Pick<ImageConfig, 'healthcheck' | 'shell'>): Healthcheck[] {
  const argv = healthcheck === null ? null : argvOf(healthcheck.test, shell)
  if (healthcheck === null || argv === null) return []
  const intervalMs = healthcheck.intervalMs || defaults.intervalMs
  const retries = healthcheck.retries || defaults.retries
  const startWaitMs = Math.min(healthcheck.startIntervalMs || defaults.startIntervalMs, intervalMs)
  const check = {
    name: 'HEALTHCHECK',
    probe: { kind: 'command', argv } as const,
    initialDelayMs: 0,
    timeoutMs: healthcheck.timeoutMs || defaults.timeoutMs,
  }
  const patienceMs = healthcheck.startPeriodMs + retries * intervalMs
  return [
    { ...check, type: 'startup', attempts: Math.ceil(patienceMs / startWaitMs), waitMs: startWaitMs },
    { ...check, type: 'liveness', attempts: retries, waitMs: intervalMs },
  ]
}

/** Null: there is none, or one from a base image was taken away. */
function argvOf([kind, ...words]: readonly string[], shell: readonly string[] | null): string[] | null {
  if (words.length === 0) return null
  if (kind === 'CMD') return words
  return kind === 'CMD-SHELL' ? [...(shell ?? ['/bin/sh', '-c']), words.join(' ')] : null
}

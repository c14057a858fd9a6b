import type { BuildLimits } from '@berth/engine'

/**
 * What a build may use. Half an instance's CPU weight: a build never takes the processor from what serves. Memory and
 * disk fit a usual front-end build; the time is what CI systems give by default.
 */
export const buildLimits: BuildLimits = {
  memoryBytes: 2 * 1024 ** 3,
  cpuWeight: 50,
  pids: 4_096,
  timeoutMs: 30 * 60_000,
  diskBytes: 10 * 1024 ** 3,
}

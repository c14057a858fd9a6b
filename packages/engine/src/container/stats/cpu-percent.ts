import type { ContainerStats } from '../../engine.ts'

/** Of one CPU, between two looks: 100 is all of one, and `cpus` times that all of the machine's. */
export function cpuPercent(
  before: Pick<ContainerStats, 'at' | 'cpuTimeMs'>,
  after: Pick<ContainerStats, 'at' | 'cpuTimeMs'>,
): number {
  const elapsedMs = after.at.getTime() - before.at.getTime()
  return elapsedMs <= 0 ? 0 : Math.max(0, (100 * (after.cpuTimeMs - before.cpuTimeMs)) / elapsedMs)
}

import type { ContainerStats } from '@berth/engine'
import type { Usage } from '@berth/observe'

/** What the kernel had counted at a moment. `atMs`: of a clock that is never set. */
export type Look = Pick<
  ContainerStats,
  'cpuTimeMs' | 'memoryBytes' | 'memoryLimitBytes' | 'cpus' | 'pids'
> & {
  atMs: number
  network: Pick<NonNullable<ContainerStats['network']>, 'receivedBytes' | 'sentBytes'> | null
  blockIo: Pick<ContainerStats['blockIo'], 'readBytes' | 'writtenBytes'>
}

/** Beyond this nobody knows when between the two it was used. */
const longestMs = 30_000
/** Clocks of the kernel's counters and of this process are not one. */
const tolerance = 1.05

/** What was used between two looks at one container; null where too much time lies between them. */
export function usageBetween(before: Look, after: Look, restarts = 0): Usage | null {
  const coveredMs = after.atMs - before.atMs
  if (coveredMs <= 0 || coveredMs > longestMs) return null
  const most = coveredMs * after.cpus * tolerance
  const cpuMs = Math.min(most, grown(before.cpuTimeMs, after.cpuTimeMs))
  return {
    coveredMs,
    cpuMs,
    cpuPeak: cpuMs / coveredMs,
    memoryByteMs: after.memoryBytes * coveredMs,
    memoryPeakBytes: after.memoryBytes,
    memoryLimitBytes: after.memoryLimitBytes ?? 0,
    receivedBytes: grown(before.network?.receivedBytes ?? 0, after.network?.receivedBytes ?? 0),
    sentBytes: grown(before.network?.sentBytes ?? 0, after.network?.sentBytes ?? 0),
    readBytes: grown(before.blockIo.readBytes, after.blockIo.readBytes),
    writtenBytes: grown(before.blockIo.writtenBytes, after.blockIo.writtenBytes),
    pidsPeak: after.pids,
    restarts,
  }
}

/** A counter that is smaller than before has begun again: what it says is what came since. */
function grown(before: number, after: number): number {
  return after >= before ? after - before : after
}

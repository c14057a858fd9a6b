import type { ContainerLimits } from '../engine.ts'
import type { ResolvedBlockIo } from './block-io.ts'
import type { HostLimits } from './host-limits.ts'

type Limits = Omit<ContainerLimits, 'blockIo'> & { blockIo?: ResolvedBlockIo }

/**
 * Limits as `linux.resources` of the OCI runtime specification, whose `swap` is memory and swap together. Nothing said
 * about swap: there is none. Whether the machine can hold them was looked at before: sandbox/assert-limits.ts.
 */
export function ociResources(limits: Limits, host: Pick<HostLimits, 'cgroupVersion' | 'swapAccounting'>) {
  const { memoryBytes, cpus, pids, blockIo } = limits
  const together = limits.memoryAndSwapBytes ?? memoryBytes
  return {
    devices: [{ allow: false, access: 'rwm' }],
    pids: { limit: pids },
    ...(memoryBytes === null
      ? {}
      : { memory: { limit: memoryBytes, ...(host.swapAccounting ? { swap: together } : {}) } }),
    cpu: {
      ...(host.cgroupVersion === 1 ? { shares: cpuShares(limits.cpuWeight) } : {}),
      ...(cpus === null ? {} : { quota: Math.max(1_000, Math.round(cpus * periodUs)), period: periodUs }),
    },
    ...(blockIo === undefined ? {} : { blockIO: blockIo }),
    ...(host.cgroupVersion === 2 ? { unified: { 'cpu.weight': String(cpuWeight(limits.cpuWeight)) } } : {}),
  }
}

/** The kernel's own default; a quota below 1,000 µs is refused by it. */
const periodUs = 100_000

/** Weight 100 is v1's default of 1024 shares; 2 to 262,144 are allowed. */
function cpuShares(weight: number): number {
  return Math.min(262_144, Math.max(2, Math.round((weight * 1024) / 100)))
}

/** v2 allows 1 to 10,000. */
function cpuWeight(weight: number): number {
  return Math.min(10_000, Math.max(1, Math.round(weight)))
}

import type { Release } from '@berth/domain'
import type { ContainerLimits } from '@berth/engine'

type InstanceLimits = ContainerLimits & { memoryBytes: number }

/** What one instance may use unless its app says otherwise: Heroku's smallest size, as conventions.md follows it. */
export const instanceLimits: InstanceLimits = {
  memoryBytes: 512 * 1024 * 1024,
  cpuWeight: 100,
  cpus: null,
  pids: 512,
}

/** What an instance of this type may use: as its release says, and else the platform. */
export function limitsOf({ limits }: Pick<Release, 'limits'>, type: string): InstanceLimits {
  const said = Object.hasOwn(limits, type) ? limits[type] : undefined
  return {
    ...instanceLimits,
    memoryBytes: said?.memoryBytes ?? instanceLimits.memoryBytes,
    cpus: said?.cpus ?? instanceLimits.cpus,
  }
}

/** The log of one container: 5 files of 10 MB. */
export const instanceLog = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 }

/** How long each part of a deployment may take. Tests shorten them. */
export type DeployTimes = {
  /** Until something accepts a connection. */
  healthTimeoutMs: number
  /** A process without a port counts as healthy when it ran for so long: most faults at a start show by then. */
  settleMs: number
  drainTimeoutMs: number
  stopTimeoutMs: number
  /** Of each task around a deployment. */
  taskTimeoutMs: number
}

export const defaultTimes: DeployTimes = {
  healthTimeoutMs: 60_000,
  settleMs: 1_000,
  drainTimeoutMs: 30_000,
  stopTimeoutMs: 30_000,
  taskTimeoutMs: 20 * 60_000,
}

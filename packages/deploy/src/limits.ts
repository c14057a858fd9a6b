import type { ContainerLimits } from '@berth/engine'

/** What one instance may use unless its app says otherwise: Heroku's smallest size, as conventions.md follows it. */
export const instanceLimits: ContainerLimits & { memoryBytes: number } = {
  memoryBytes: 512 * 1024 * 1024,
  cpuWeight: 100,
  cpus: null,
  pids: 512,
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
  releaseCommandTimeoutMs: number
}

export const defaultTimes: DeployTimes = {
  healthTimeoutMs: 60_000,
  settleMs: 1_000,
  drainTimeoutMs: 30_000,
  stopTimeoutMs: 30_000,
  releaseCommandTimeoutMs: 20 * 60_000,
}

import { randomBytes } from 'node:crypto'
import type { ContainerSpec } from '../engine.ts'
import { containerError } from './errors.ts'

/** 96 random bits; short, because a path of a socket that holds it may have 107 bytes. */
export function newContainerId(): string {
  return randomBytes(12).toString('hex')
}

/** @throws CONTAINER.INVALID */
export function assertContainerName(name: string): void {
  if (name.length > 200 || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw containerError['CONTAINER.INVALID']({ what: 'container name', given: name })
  }
}

/** Less, and runc itself does not fit in. Docker's lower bound too. */
const leastMemoryBytes = 6 * 1024 * 1024

/** @throws CONTAINER.INVALID */
export function assertContainerSpec(spec: ContainerSpec): void {
  assertContainerName(spec.name)
  const { memoryBytes, cpuWeight, cpus, pids } = spec.limits
  check(spec.hostname === null || isHostname(spec.hostname), 'host name', spec.hostname)
  check(spec.log.directory.startsWith('/'), 'log directory', spec.log.directory)
  check(memoryBytes === null || memoryBytes >= leastMemoryBytes, 'memory limit (at least 6 MB)', memoryBytes)
  check(cpuWeight > 0 && cpuWeight <= 10_000, 'CPU weight (1 to 10,000)', cpuWeight)
  check(cpus === null || (cpus > 0 && cpus <= 1024), 'CPU limit', cpus)
  check(Number.isInteger(pids) && pids > 0, 'limit of processes', pids)
  check(spec.group !== '' && spec.group.length <= 200, 'group', spec.group)
}

/** Linux allows 64 characters; it also stands in /etc/hosts, where a blank would begin another name. */
function isHostname(given: string): boolean {
  return given.length <= 63 && /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(given)
}

function check(valid: boolean, what: string, given: unknown): void {
  if (!valid) throw containerError['CONTAINER.INVALID']({ what, given: String(given) })
}

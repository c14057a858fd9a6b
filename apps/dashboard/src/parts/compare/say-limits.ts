import type { ProcessLimits } from '@berth/domain'
import { sayCount, saySize } from '@berth/ui'

/** `1 GB of memory, 2 CPUs` */
export function sayLimits({ memoryBytes, cpus }: ProcessLimits): string {
  const memory = memoryBytes === null ? 'the usual memory' : `${saySize(memoryBytes)} of memory`
  return `${memory}, ${cpus === null ? 'as much CPU as is free' : sayCount(cpus, 'CPU')}`
}

import { availableParallelism, totalmem } from 'node:os'

export type MachineBounds = {
  leastMemoryBytes: number
  mostMemoryBytes: number
  leastCpus: number
  mostCpus: number
}

/** What one instance may be given on this machine. Less memory than the least starts nothing. */
export function machineBounds(): MachineBounds {
  return {
    leastMemoryBytes: 16 * 1024 * 1024,
    mostMemoryBytes: totalmem(),
    leastCpus: 0.05,
    mostCpus: availableParallelism(),
  }
}

import type { ContainerExit, ContainerLimits } from '../engine.ts'

/** How a container ended, in words for people: `killed: out of memory at 512 MB`, `ended with 1`, `killed by SIGKILL`. */
export function exitWords(exit: ContainerExit, limits?: Pick<ContainerLimits, 'memoryBytes'>): string {
  if (exit.outOfMemory) {
    const memoryBytes = limits?.memoryBytes ?? null
    return `killed: out of memory${memoryBytes === null ? '' : ` at ${inWords(memoryBytes)}`}`
  }
  if (exit.reason !== undefined) return `killed: ${exit.reason}`
  if (exit.signal !== null) return `${deadly.has(exit.signal) ? 'crashed by' : 'killed by'} ${exit.signal}`
  return `ended with ${exit.code}`
}

/** Sent by the kernel for a mistake of the program's own. */
const deadly: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGSYS'])

function inWords(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2
  return mebibytes >= 1024 && mebibytes % 1024 === 0
    ? `${mebibytes / 1024} GB`
    : `${Math.round(mebibytes)} MB`
}

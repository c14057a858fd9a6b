import { containerError } from '../container/errors.ts'
import type { ContainerLimits } from '../engine.ts'
import { type ResolvedBlockIo, resolveBlockIo } from './block-io.ts'
import type { HostLimits } from './host-limits.ts'

/**
 * What a machine cannot hold is refused before anything is started, so that nobody relies on a limit that is not there:
 * memory with swap where swap is not counted, open files above our own, block I/O rates. (Of the writable layer:
 * container/mount-root.ts.) Two are
 * wishes beside others rather than limits, and are dropped with a warning where the kernel does not know them: no swap
 * (memory alone is limited then), and the weight of block I/O.
 *
 * @throws CONTAINER.INVALID, CONTAINER.LIMIT_UNSUPPORTED
 */
export function holdableLimits(
  limits: ContainerLimits,
  host: HostLimits,
): Omit<ContainerLimits, 'blockIo'> & { blockIo?: ResolvedBlockIo } {
  assertSwap(limits, host)
  assertOpenFiles(limits, host)
  const { blockIo, ...others } = limits
  if (blockIo === undefined) return others
  assertWeight(blockIo.weight)
  const { weight, ...rates } = resolveBlockIo(blockIo)
  if (Object.keys(rates).length > 0 && !host.blockIo.rates) throw unsupported('block I/O')
  if (weight !== undefined && !host.blockIo.weight) warnOfWeight()
  return {
    ...others,
    blockIo: { ...rates, ...(weight !== undefined && host.blockIo.weight ? { weight } : {}) },
  }
}

function assertSwap({ memoryBytes, memoryAndSwapBytes: together }: ContainerLimits, host: HostLimits): void {
  if (together === undefined) return
  if (memoryBytes === null || !Number.isInteger(together) || together < memoryBytes) {
    throw invalid('limit of memory and swap together (at least that of memory)', together)
  }
  if (together > memoryBytes && !host.swapAccounting) throw unsupported('swap')
}

function assertOpenFiles({ openFiles }: ContainerLimits, host: HostLimits): void {
  if (openFiles === undefined) return
  if (!Number.isInteger(openFiles) || openFiles < 16)
    throw invalid('limit of open files (at least 16)', openFiles)
  if (openFiles > host.openFiles) throw unsupported(`open files above ${host.openFiles}`)
}

function assertWeight(weight: number | undefined): void {
  if (weight === undefined || (Number.isInteger(weight) && weight >= 10 && weight <= 1000)) return
  throw invalid('weight of block I/O (10 to 1,000)', weight)
}

function invalid(what: string, given: number) {
  return containerError['CONTAINER.INVALID']({ what, given: String(given) })
}

function unsupported(what: string) {
  return containerError['CONTAINER.LIMIT_UNSUPPORTED']({ what })
}

let warned = false

function warnOfWeight(): void {
  if (warned) return
  warned = true
  process.emitWarning('This kernel has no weights of block I/O; they are left out.', 'BerthContainers')
}

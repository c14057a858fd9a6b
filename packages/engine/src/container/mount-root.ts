import type { Container, DiskLimits } from '../engine.ts'
import type { IdRange, RootMount } from '../filesystem.ts'
import type { ContainerParts } from './container-parts.ts'
import { containerError } from './errors.ts'
import type { Slot } from './slot.ts'

/**
 * A container's root over its image's layers. What it writes is limited where it asks for that: the project that counts it
 * is on `upper` and `work` before overlayfs comes, because nothing with another one could be moved into them. The record
 * beside them is not counted: a container that is full can still be stopped.
 *
 * @throws CONTAINER.LIMIT_UNSUPPORTED, CONTAINER.INVALID
 */
export async function mountRoot(parts: ContainerParts, slot: Slot, range: IdRange): Promise<RootMount> {
  const { directory, record } = slot
  const { layers } = record.image
  const limits = writableLimits(record.spec.limits)
  if (limits === null) return parts.fileSystems.mount({ layers, directory, range })
  const refusal = parts.quotas.refusal()
  if (refusal !== null) {
    const { reason, hint } = refusal
    throw containerError['CONTAINER.LIMIT_UNSUPPORTED']({
      what: `what a container writes into its root: ${reason}`,
      hint,
    })
  }
  const prepare = () => parts.quotas.begin([`${directory}/upper`, `${directory}/work`], limits)
  return parts.fileSystems.mount({ layers, directory, range, prepare })
}

/** What it has written, as far as it is limited. */
export function writableUse(
  { quotas }: ContainerParts,
  { directory, record }: Slot,
): Pick<Container, 'writable'> {
  if (writableLimits(record.spec.limits) === null) return {}
  const writable = quotas.look(`${directory}/upper`)
  return writable === null ? {} : { writable }
}

/** Null: none was asked for. @throws CONTAINER.INVALID */
export function writableLimits(limits: {
  writableBytes?: number | undefined
  writableFiles?: number | undefined
}): DiskLimits | null {
  const { writableBytes: bytes = null, writableFiles: files = null } = limits
  if (bytes === null && files === null) return null
  for (const [what, given, least] of [
    ['size of the writable layer (at least 65,536)', bytes, 65_536],
    ['number of files in the writable layer (at least 16)', files, 16],
  ] as const) {
    if (given === null || (Number.isSafeInteger(given) && given >= least)) continue
    throw containerError['CONTAINER.INVALID']({ what, given: String(given) })
  }
  return { bytes, files }
}

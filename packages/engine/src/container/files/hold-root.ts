import { closeSync } from 'node:fs'
import type { IdRange } from '../../filesystem.ts'
import { isSame } from '../../sandbox/process-life.ts'
import { openDirectory } from '../../system/open-in-root.ts'
import { containerError } from '../errors.ts'
import { rangeOf } from '../group-records.ts'
import type { Held } from '../held-containers.ts'
import { mountRoot } from '../mount-root.ts'
import type { Slot } from '../slot.ts'

/** A container's root to read from and write to, and whose ids its files have. */
export type HeldRoot = { directory: number; range: IdRange; release(): Promise<void> }

/**
 * Of a running container as its processes see it, with its mounts; of any other its own files, mounted for as long as
 * somebody holds them. What is held stays usable whatever happens to the container meanwhile.
 */
export async function holdRoot(held: Held, slot: Slot): Promise<HeldRoot> {
  const { parts } = held
  const range = rangeOf(await parts.groups.ensure(slot.record.spec.group, () => new Set()))
  return slot.inTurn(async () => {
    const { run, id } = slot.record
    if (slot.removed) throw containerError['CONTAINER.NOT_FOUND']({ id })
    if (run !== null) {
      const directory = openDirectory(`/proc/${run.process.pid}/root`)
      if (isSame(run.process)) return { directory, range, release: async () => closeSync(directory) }
      closeSync(directory)
      throw containerError['CONTAINER.NOT_RUNNING']({ id })
    }
    slot.root ??= await mountRoot(parts, slot, range)
    const directory = openDirectory(slot.root.root)
    slot.holders += 1
    return { directory, range, release: () => letGo(slot, directory) }
  })
}

/** The last one takes the mount away, unless the container has been started on it. */
async function letGo(slot: Slot, directory: number): Promise<void> {
  closeSync(directory)
  await slot.inTurn(async () => {
    slot.holders -= 1
    if (slot.holders > 0 || slot.record.run !== null || slot.root === null) return
    slot.root.unmount()
    slot.root = null
  })
}

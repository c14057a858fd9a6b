import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { clearRun } from './end-container.ts'
import { containerError } from './errors.ts'
import { findSlot, type Held, tell } from './held-containers.ts'
import { removeImageVolumes } from './mounts/image-volumes.ts'
import { forgetRestart, type Slot } from './slot.ts'
import { killContainer } from './stop-container.ts'

/** Everything but the log goes; the group's bridge too, with the last container of the group. */
export async function removeContainer(held: Held, id: string): Promise<void> {
  const slot = findSlot(held, id)
  if (slot === undefined) return
  // One that is just being started is first let start.
  await slot.inTurn(async () => noRestart(slot))
  if (slot.record.run !== null) await killContainer(held, slot)
  await slot.inTurn(() => forget(held, slot))
}

/** Until it is gone nothing starts it. */
function noRestart(slot: Slot): void {
  forgetRestart(slot)
  slot.record = { ...slot.record, stopped: true }
}

async function forget(held: Held, slot: Slot): Promise<void> {
  if (slot.removed) return
  if (slot.uncleared) await clearRun(held.parts, slot)
  await removeAll(held, slot)
  held.slots.delete(slot.record.id)
  const error = containerError['CONTAINER.NOT_FOUND']({ id: slot.record.id })
  slot.over.reject(error)
  slot.next.reject(error)
  slot.gone.resolve(slot.record.exit ?? { code: 0, signal: null, outOfMemory: false, at: new Date() })
  tell(held, 'removed', slot)
  await removeUnusedBridge(held, slot.record.spec.group)
}

/** From now on it holds nothing any more; its record goes last, so that a crash in between is made good by asking again. */
async function removeAll({ parts }: Held, slot: Slot): Promise<void> {
  slot.removed = true
  try {
    await removeImageVolumes(parts.volumes, slot.record)
    reached('image volumes removed')
    const project = parts.quotas.projectOf(`${slot.directory}/upper`)
    await removeTree(parts.commands, slot.directory)
    reached('container removed')
    await parts.quotas.end(project)
  } catch (error) {
    slot.removed = false
    throw error
  }
}

async function removeUnusedBridge({ slots, parts }: Held, name: string): Promise<void> {
  if ([...slots.values()].some((slot) => slot.record.spec.group === name)) return
  const group = parts.groups.all().find((each) => each.name === name)
  if (group !== undefined) await parts.networks.removeBridge(group)
}

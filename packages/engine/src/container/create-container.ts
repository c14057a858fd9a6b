import { rm } from 'node:fs/promises'
import type { Container, ContainerSpec } from '../engine.ts'
import { reached } from '../system/failure-points.ts'
import { saysNoSpace } from '../system/is-disk-full.ts'
import { assertContainerSpec } from './container-name.ts'
import { newRecord, saveRecord } from './container-record.ts'
import { containerError } from './errors.ts'
import { type Held, tell } from './held-containers.ts'
import { withImageVolumes } from './mounts/image-volumes.ts'
import { newSlot } from './slot.ts'

/**
 * Only a record: nothing is mounted and nothing runs before the start. The lock keeps the image from being pruned
 * until the record says that it is needed.
 */
export async function createContainer(held: Held, spec: ContainerSpec): Promise<Container> {
  assertContainerSpec(spec)
  const { slots, parts } = held
  return held.withStoreLock('shared', async () => {
    const image = await held.images.get(spec.image)
    if ([...slots.values()].some((slot) => slot.record.spec.name === spec.name)) {
      throw containerError['CONTAINER.NAME_TAKEN']({ name: spec.name })
    }
    const record = withImageVolumes(newRecord(spec, image), image)
    const slot = newSlot(record, `${parts.places.containers}/${record.id}`)
    slots.set(record.id, slot)
    await saveRecord(slot.directory, record).catch(async (error: unknown) => {
      slots.delete(record.id)
      await rm(slot.directory, { recursive: true, force: true })
      throw saysNoSpace(error) ? containerError['CONTAINER.DISK_FULL'](undefined, { cause: error }) : error
    })
    reached('container recorded')
    return tell(held, 'created', slot)
  })
}

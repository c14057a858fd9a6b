import type { Container } from '../engine.ts'
import { assertContainerName } from './container-name.ts'
import { saveRecord, toContainer } from './container-record.ts'
import { containerError } from './errors.ts'
import { type Held, slotOf, tell } from './held-containers.ts'

/** Its host name stays. @throws CONTAINER.INVALID, CONTAINER.NAME_TAKEN */
export async function renameContainer(held: Held, id: string, name: string): Promise<Container> {
  assertContainerName(name)
  const slot = slotOf(held, id)
  return slot.inTurn(async () => {
    slotOf(held, id)
    const formerName = slot.record.spec.name
    if (formerName === name) return toContainer(slot.record)
    if ([...held.slots.values()].some(({ record }) => record.spec.name === name)) {
      throw containerError['CONTAINER.NAME_TAKEN']({ name })
    }
    const former = slot.record
    slot.record = { ...former, spec: { ...former.spec, name } }
    await saveRecord(slot.directory, slot.record).catch((error: unknown) => {
      slot.record = former
      throw error
    })
    return tell(held, 'renamed', slot, { formerName })
  })
}

import type { Container, ContainerEvent, Images } from '../engine.ts'
import type { StoreLock } from '../store/store-lock.ts'
import type { ContainerParts } from './container-parts.ts'
import { toContainer } from './container-record.ts'
import { containerError } from './errors.ts'
import type { Slot } from './slot.ts'
import type { subscribers } from './subscribers.ts'

/** The containers that this engine holds, with all that it takes to work on them. */
export type Held = {
  parts: ContainerParts
  slots: Map<string, Slot>
  events: ReturnType<typeof subscribers>
  images: Pick<Images, 'get'>
  withStoreLock: StoreLock
}

/** @throws CONTAINER.NOT_FOUND */
export function slotOf({ slots }: Held, id: string): Slot {
  const slot = slots.get(id)
  if (slot === undefined || slot.removed) throw containerError['CONTAINER.NOT_FOUND']({ id })
  return slot
}

export function listContainers({ slots }: Held, labels: Readonly<Record<string, string>>): Container[] {
  const wanted = Object.entries(labels)
  return [...slots.values()]
    .filter((slot) => !slot.removed)
    .map((slot) => toContainer(slot.record))
    .filter((container) => wanted.every(([name, value]) => container.labels[name] === value))
}

export function tell({ events }: Held, kind: ContainerEvent['kind'], slot: Slot): Container {
  const container = toContainer(slot.record)
  events.emit({ kind, container })
  return container
}

import type { Container, ContainerEvent } from '../engine.ts'
import type { ImageStore } from '../store/image-store.ts'
import type { StoreLock } from '../store/store-lock.ts'
import type { ContainerParts } from './container-parts.ts'
import { toContainer } from './container-record.ts'
import { containerError } from './errors.ts'
import type { LogKeeper } from './keep-logs.ts'
import type { Slot } from './slot.ts'
import type { subscribers } from './subscribers.ts'

/** The containers that this engine holds, with all that it takes to work on them. */
export type Held = {
  parts: ContainerParts
  slots: Map<string, Slot>
  events: ReturnType<typeof subscribers>
  logs: LogKeeper
  images: Pick<ImageStore, 'get' | 'commit'>
  withStoreLock: StoreLock
  /** In turn, once an exit is recorded and cleared up. */
  afterExit(slot: Slot): Promise<void>
  /** Nothing is started any more. */
  closed: boolean
}

/** @throws CONTAINER.NOT_FOUND */
export function slotOf(held: Held, reference: string): Slot {
  const slot = findSlot(held, reference)
  if (slot === undefined || slot.removed) throw containerError['CONTAINER.NOT_FOUND']({ id: reference })
  return slot
}

/** By id, else by name, else by the beginning of one id only. */
export function findSlot({ slots }: Held, reference: string): Slot | undefined {
  const byId = slots.get(reference)
  if (byId !== undefined) return byId
  const all = [...slots.values()]
  const named = all.find(({ record }) => record.spec.name === reference)
  if (named !== undefined || !/^[0-9a-f]{6,}$/.test(reference)) return named
  const beginning = all.filter(({ record }) => record.id.startsWith(reference))
  return beginning.length === 1 ? beginning[0] : undefined
}

/** @throws CONTAINER.NOT_FOUND, CONTAINER.NOT_RUNNING, CONTAINER.PAUSED */
export function runningSlot(held: Held, id: string): { slot: Slot; pid: number } {
  const slot = slotOf(held, id)
  const { run } = slot.record
  if (run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
  if (run.paused) throw containerError['CONTAINER.PAUSED']({ id })
  return { slot, pid: run.process.pid }
}

type Particulars = Partial<Pick<ContainerEvent, 'signal' | 'formerName' | 'exec'>>

export function tell(
  { events, parts }: Held,
  kind: ContainerEvent['kind'],
  slot: Slot,
  particulars: Particulars = {},
): Container {
  const container = toContainer(slot.record)
  parts.names.changed()
  events.emit({ kind, container, at: new Date(), ...particulars })
  return container
}

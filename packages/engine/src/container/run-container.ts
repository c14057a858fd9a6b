import type { Container } from '../engine.ts'
import { lookAt } from './conclude.ts'
import { toContainer } from './container-record.ts'
import { clearRun } from './end-container.ts'
import { type Held, slotOf, tell } from './held-containers.ts'
import { forgetRestart, type Slot, unheard } from './slot.ts'
import { startContainer } from './start-container.ts'
import { stopContainer } from './stop-container.ts'

/** By hand: what was stopped counts as wanted again, and its restarts are counted from the beginning. */
export async function runContainer(held: Held, id: string): Promise<Container> {
  const slot = slotOf(held, id)
  return slot.inTurn(async () => {
    slotOf(held, id)
    if (slot.record.run !== null) return toContainer(slot.record)
    forgetRestart(slot)
    slot.record = { ...slot.record, stopped: false, restarts: 0 }
    return begin(held, slot)
  })
}

/** To be called in turn, for one that does not run. */
export async function begin(held: Held, slot: Slot): Promise<Container> {
  if (slot.uncleared) await clearRun(held.parts, slot)
  if (slot.record.exit !== null) slot.over = unheard()
  slot.stopping = false
  await startContainer(held.parts, slot)
  // It may have ended while it was being started, before there was a record to look at.
  queueMicrotask(() => lookAt(held, slot))
  return tell(held, 'started', slot)
}

export async function restartContainer(
  held: Held,
  id: string,
  how: { timeoutMs: number; signal?: string },
): Promise<Container> {
  await stopContainer(held, id, how)
  return runContainer(held, id)
}

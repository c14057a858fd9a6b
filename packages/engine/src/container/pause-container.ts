import type { Container } from '../engine.ts'
import { isAlive } from '../sandbox/process-life.ts'
import { saveRecordIfRoom } from './container-record.ts'
import { containerError } from './errors.ts'
import { type Held, runningSlot, slotOf, tell } from './held-containers.ts'
import type { Slot } from './slot.ts'

/**
 * `briefly`: not for a person but until this process has done something, and no longer than it lives.
 * @throws CONTAINER.NOT_RUNNING, CONTAINER.PAUSED
 */
export async function pauseContainer(held: Held, id: string, { briefly = false } = {}): Promise<Container> {
  const slot = slotOf(held, id)
  return slot.inTurn(async () => {
    const { pid } = runningSlot(held, id)
    // Said first: a crash in between must not leave it standing still.
    if (briefly) await setPaused(slot, { paused: false, pausedBriefly: true })
    await held.parts.runtime.pause(slot.record.id).catch((error: unknown) => {
      throw isAlive(pid) ? error : containerError['CONTAINER.NOT_RUNNING']({ id })
    })
    await setPaused(slot, { paused: true, pausedBriefly: briefly })
    return tell(held, 'paused', slot)
  })
}

/** @throws CONTAINER.NOT_RUNNING, CONTAINER.NOT_PAUSED */
export async function resumeContainer(held: Held, id: string): Promise<Container> {
  const slot = slotOf(held, id)
  return slot.inTurn(async () => {
    if (slot.record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
    if (!slot.record.run.paused) throw containerError['CONTAINER.NOT_PAUSED']({ id })
    await held.parts.runtime.resume(slot.record.id)
    await setPaused(slot, goesOn)
    return tell(held, 'resumed', slot)
  })
}

/** So that a signal that was sent reaches it, SIGKILL too, which waits for that where cgroups are v1 alone. */
export async function thaw({ parts }: Pick<Held, 'parts'>, slot: Slot): Promise<void> {
  await slot.inTurn(async () => {
    const { run } = slot.record
    if (!run?.paused) return
    await parts.runtime.resume(slot.record.id).catch((error: unknown) => {
      // Gone meanwhile: what ends it looks after the rest.
      const frozen = parts.cgroups.isFrozen(`${parts.places.cgroupParent}/${slot.record.id}`)
      if (!frozen || !isAlive(run.process.pid)) return
      throw error
    })
    await setPaused(slot, goesOn)
  })
}

const goesOn = { paused: false, pausedBriefly: false }

async function setPaused(slot: Slot, state: typeof goesOn): Promise<void> {
  const { run } = slot.record
  if (run === null) return
  slot.record = { ...slot.record, run: { ...run, ...state } }
  await saveRecordIfRoom(slot.directory, slot.record)
}

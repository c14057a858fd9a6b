import { setTimeout as pause } from 'node:timers/promises'
import type { Container } from '../engine.ts'
import { isSame, signalProcess } from '../sandbox/process-life.ts'
import { reached } from '../system/failure-points.ts'
import { saveRecordIfRoom, toContainer } from './container-record.ts'
import { containerError } from './errors.ts'
import { type Held, slotOf, tell } from './held-containers.ts'
import { thaw } from './pause-container.ts'
import { signalNumber } from './signals.ts'
import { forgetRestart, type Slot } from './slot.ts'

/** How long a killed container may take to be gone: one whose processes wait for a disk cannot be killed. */
const killTimeoutMs = 20_000
/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1
const killSignal = 9

/** By hand: its restart policy starts it no more, unless it is `always` and the engine is opened anew. */
export async function stopContainer(
  held: Held,
  id: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: string },
): Promise<Container> {
  const slot = slotOf(held, id)
  const number = signalNumber(signal ?? slot.record.image.stopSignal ?? 'SIGTERM')
  await slot.inTurn(() => markStopped(slot))
  if (slot.record.run === null) return toContainer(slot.record)
  slot.stopping = true
  tell(held, 'stopping', slot)
  send(slot, number)
  reached('stop signal sent')
  await thaw(held, slot)
  if (!(await endsWithin(slot, timeoutMs))) await killContainer(held, slot)
  return toContainer(slot.record)
}

/** @throws CONTAINER.NOT_RUNNING */
export async function signalContainer(held: Held, id: string, signal: string): Promise<void> {
  const slot = slotOf(held, id)
  const number = signalNumber(signal)
  if (slot.record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
  const ends = number === killSignal || number === signalNumber(slot.record.image.stopSignal ?? 'SIGTERM')
  if (ends) await slot.inTurn(() => markStopped(slot))
  send(slot, number)
  tell(held, 'killed', slot, { signal })
  if (number === killSignal) await thaw(held, slot)
}

/** Killing the first process of a pid namespace ends all of it. @throws CONTAINER.STUCK */
export async function killContainer(
  held: Pick<Held, 'parts'>,
  slot: Slot,
  timeoutMs = killTimeoutMs,
): Promise<void> {
  slot.stopping = true
  send(slot, killSignal)
  await thaw(held, slot)
  if (await endsWithin(slot, timeoutMs)) return
  throw containerError['CONTAINER.STUCK']({ id: slot.record.id, timeoutMs })
}

/** On the disk only where it matters later: most have no policy. */
async function markStopped(slot: Slot): Promise<void> {
  forgetRestart(slot)
  slot.record = { ...slot.record, stopped: true }
  const isKept = (slot.record.spec.restart?.when ?? 'no') !== 'no'
  if (isKept && !slot.removed) await saveRecordIfRoom(slot.directory, slot.record)
}

function send(slot: Slot, signal: number): void {
  const { run } = slot.record
  if (run !== null && isSame(run.process)) signalProcess(run.process.pid, signal)
}

async function endsWithin(slot: Slot, timeoutMs: number): Promise<boolean> {
  const late = pause(Math.min(timeoutMs, longestTimerMs), false, { ref: false })
  return Promise.race([slot.over.promise.then(() => true), late])
}

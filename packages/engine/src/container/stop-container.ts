import { setTimeout as pause } from 'node:timers/promises'
import type { Container } from '../engine.ts'
import { isSame, signalProcess } from '../sandbox/process-life.ts'
import { toContainer } from './container-record.ts'
import { containerError } from './errors.ts'
import { type Held, slotOf } from './held-containers.ts'
import { signalNumber } from './signals.ts'
import type { Slot } from './slot.ts'

/** How long a killed container may take to be gone: one whose processes wait for a disk cannot be killed. */
const killTimeoutMs = 20_000
/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1

export async function stopContainer(
  held: Held,
  id: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: string },
): Promise<Container> {
  const slot = slotOf(held, id)
  const number = signalNumber(signal ?? slot.record.image.stopSignal ?? 'SIGTERM')
  await slot.inTurn(async () => undefined)
  if (slot.record.run === null) return toContainer(slot.record)
  slot.stopping = true
  send(slot, number)
  if (!(await endsWithin(slot, timeoutMs))) await killContainer(slot)
  return toContainer(slot.record)
}

/** @throws CONTAINER.NOT_RUNNING */
export function signalContainer(held: Held, id: string, signal: string): void {
  const slot = slotOf(held, id)
  if (slot.record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
  send(slot, signalNumber(signal))
}

/** Killing the first process of a pid namespace ends all of it. @throws CONTAINER.STUCK */
export async function killContainer(slot: Slot, timeoutMs = killTimeoutMs): Promise<void> {
  slot.stopping = true
  send(slot, signalNumber('SIGKILL'))
  if (await endsWithin(slot, timeoutMs)) return
  throw containerError['CONTAINER.STUCK']({ id: slot.record.id, timeoutMs })
}

function send(slot: Slot, signal: number): void {
  const { run } = slot.record
  if (run !== null && isSame(run.process)) signalProcess(run.process.pid, signal)
}

async function endsWithin(slot: Slot, timeoutMs: number): Promise<boolean> {
  const late = pause(Math.min(timeoutMs, longestTimerMs), false, { ref: false })
  return Promise.race([slot.over.promise.then(() => true), late])
}

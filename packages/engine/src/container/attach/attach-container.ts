import { Writable } from 'node:stream'
import type { Attachment, ContainerExit } from '../../engine.ts'
import { type ContainerRecord, logPath } from '../container-record.ts'
import { containerError } from '../errors.ts'
import { type Held, slotOf } from '../held-containers.ts'
import { followOutput } from '../read-log.ts'
import type { Slot } from '../slot.ts'
import { signalContainer } from '../stop-container.ts'
import { tellMonitor } from '../tell-monitor.ts'
import { pipeInput } from './pipe-input.ts'
import { terminalInput } from './terminal-input.ts'

/**
 * Joins the container's first process: what it prints from now on, in this run or, where it does not run, in its next one.
 * The output comes from the log, so whoever reads slowly holds nobody up, and any number may join.
 */
export async function attachContainer(held: Held, id: string): Promise<Attachment> {
  const slot = slotOf(held, id)
  const { spec } = slot.record
  const exit = slot.next.promise
  let over = false
  exit
    .finally(() => {
      over = true
    })
    .catch(() => undefined)
  const following = await followOutput(logPath(slot.record), () => over)
  const input = spec.openInput ? lateInput(held, slot, exit) : null
  return {
    input,
    output: following.output,
    exit: quiet(exit.then(({ code, signal }) => ({ code, signal }))),
    async resize(size) {
      if (!spec.terminal) throw containerError['CONTAINER.NO_TERMINAL']()
      await tellMonitor(slot.directory, size)
    },
    signal: (name) => signalContainer(held, id, name),
    async close() {
      input?.destroy()
      following.close()
    },
  }
}

/** Opened when something is first written, which may be before the container runs: then it waits until it does. */
function lateInput(held: Held, slot: Slot, exit: Promise<ContainerExit>): Writable {
  const gone = new AbortController()
  /** The container may end while somebody writes: its exit tells. */
  const withTarget = (done: () => void, work: (target: Writable) => void) => {
    untilRunning(held, slot, exit, gone.signal)
      .then(() => sharedInput(held, slot))
      .then(
        (target) => (target === null || target.writableEnded || target.destroyed ? done() : work(target)),
        () => done(),
      )
  }
  const input = new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      withTarget(done, (target) => target.write(bytes, () => done()))
    },
    final(done) {
      withTarget(done, (target) => target.end(() => done()))
    },
    destroy(error, done) {
      gone.abort()
      done(error)
    },
  })
  exit.finally(() => input.destroy()).catch(() => undefined)
  return input
}

/** One for all who have joined, because the input ends only when no writer is left. Null: it has ended already. */
function sharedInput(held: Held, slot: Slot): Writable | null {
  if (slot.record.run === null) return null
  if (slot.input !== null) return slot.input
  const input = openInput(held, slot.record, slot.record.run)
  slot.input = input
  slot.next.promise
    .finally(() => {
      input.destroy()
      slot.input = null
    })
    .catch(() => undefined)
  return input
}

function openInput(
  { parts }: Held,
  { spec, id }: ContainerRecord,
  run: NonNullable<ContainerRecord['run']>,
): Writable {
  const socket = `${parts.places.sockets}/${id}/attach`
  if (spec.terminal) return terminalInput(socket)
  return pipeInput({ monitor: run.monitor.pid, pipe: run.input ?? '', socket })
}

async function untilRunning(
  { events }: Held,
  slot: Slot,
  exit: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  if (slot.record.run !== null) return
  const started = Promise.withResolvers<void>()
  const unsubscribe = events.subscribe(({ container }) => {
    if (container.id === slot.record.id && slot.record.run !== null) started.resolve()
  })
  signal.addEventListener('abort', () => started.resolve(), { once: true })
  await Promise.race([started.promise, exit]).finally(unsubscribe)
}

/** Nobody need wait for it: a container that is removed before it ever ran has no exit. */
function quiet<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}

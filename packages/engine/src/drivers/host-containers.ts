import { lookAt, watchContainers } from '../container/conclude.ts'
import type { ContainerParts } from '../container/container-parts.ts'
import { logPath, toContainer } from '../container/container-record.ts'
import { createContainer } from '../container/create-container.ts'
import { cgroupOf, clearRun } from '../container/end-container.ts'
import { containerError } from '../container/errors.ts'
import { type Held, listContainers, slotOf, tell } from '../container/held-containers.ts'
import { readLog } from '../container/read-log.ts'
import { recoverContainers } from '../container/recover-containers.ts'
import { removeContainer } from '../container/remove-container.ts'
import { unheard } from '../container/slot.ts'
import { startContainer } from '../container/start-container.ts'
import { signalContainer, stopContainer } from '../container/stop-container.ts'
import { subscribers } from '../container/subscribers.ts'
import type { Container, ContainerExit, ContainerStats, Containers, ImageDigest } from '../engine.ts'

export type HostContainers = Containers & {
  imagesInUse(): ImageDigest[]
  close(): Promise<void>
}

type Options = { parts: ContainerParts } & Pick<Held, 'images' | 'withStoreLock'>

/** The engine's containers on this machine: conmon and runc run them, this process starts, watches and ends them. */
export async function openHostContainers(options: Options): Promise<HostContainers> {
  const events = subscribers()
  const { slots, ended } = await recoverContainers(options.parts)
  for (const slot of ended) events.emitOrKeep({ kind: 'exited', container: toContainer(slot.record) })
  const held: Held = { ...options, events, slots: new Map(slots.map((slot) => [slot.record.id, slot])) }
  const watcher = watchContainers(held)
  return {
    subscribe: events.subscribe,
    create: (spec) => createContainer(held, spec),
    start: (id) => start(held, id),
    stop: (id, how) => stopContainer(held, id, how),
    kill: async (id, signal) => signalContainer(held, id, signal),
    remove: (id) => removeContainer(held, id),
    wait: (id, signal) => wait(held, id, signal),
    get: async (id) => toContainer(slotOf(held, id).record),
    list: async (labels = {}) => listContainers(held, labels),
    stats: (id) => stats(held, id),
    async *logs(id, query) {
      const slot = slotOf(held, id)
      yield* readLog(logPath(slot.record), query, () => slot.removed || slot.record.run === null)
    },
    imagesInUse: () => [...held.slots.values()].map((slot) => slot.record.image.digest),
    async close() {
      watcher.close()
      await Promise.all([...held.slots.values()].map((slot) => slot.inTurn(async () => undefined)))
    },
  }
}

async function start(held: Held, id: string): Promise<Container> {
  const slot = slotOf(held, id)
  return slot.inTurn(async () => {
    slotOf(held, id)
    if (slot.record.run !== null) return toContainer(slot.record)
    if (slot.uncleared) await clearRun(held.parts, slot)
    if (slot.record.exit !== null) slot.over = unheard()
    slot.stopping = false
    await startContainer(held.parts, slot)
    // It may have ended while it was being started, before there was a record to look at.
    queueMicrotask(() => lookAt(held, slot))
    return tell(held, 'started', slot)
  })
}

async function wait(held: Held, id: string, signal?: AbortSignal): Promise<ContainerExit> {
  const { record, over } = slotOf(held, id)
  if (record.run === null && record.exit !== null) return record.exit
  return signal === undefined ? over.promise : unlessAborted(over.promise, signal)
}

async function stats(held: Held, id: string): Promise<ContainerStats> {
  const { record } = slotOf(held, id)
  if (record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
  const counted = await held.parts.cgroups.stats(cgroupOf(held.parts, record))
  return { ...counted, memoryLimitBytes: record.spec.limits.memoryBytes }
}

function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

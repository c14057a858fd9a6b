import { setTimeout as pause } from 'node:timers/promises'
import { assertContainerSpec } from '../container/container-name.ts'
import type { ContainerParts } from '../container/container-parts.ts'
import { logPath, newRecord, saveRecord, toContainer } from '../container/container-record.ts'
import { cgroupOf, clearRun, findExit, recordExit } from '../container/end-container.ts'
import { containerError } from '../container/errors.ts'
import { readLog } from '../container/read-log.ts'
import { recoverContainers } from '../container/recover-containers.ts'
import { rotateLog } from '../container/rotate-log.ts'
import { signalNumber } from '../container/signals.ts'
import { newSlot, type Slot } from '../container/slot.ts'
import { startContainer } from '../container/start-container.ts'
import { subscribers } from '../container/subscribers.ts'
import { watchExits } from '../container/watch-exits.ts'
import type { Container, ContainerExit, Containers, ImageDigest, Images } from '../engine.ts'
import { isSame, signalProcess } from '../sandbox/process-life.ts'
import type { StoreLock } from '../store/store-lock.ts'
import { removeTree } from '../system/scratch.ts'

export type HostContainers = Containers & {
  imagesInUse(): ImageDigest[]
  close(): Promise<void>
}

type Options = ContainerParts & { images: Pick<Images, 'get'>; withStoreLock: StoreLock }

/** How long a killed container may take to be gone: one whose processes wait for a disk cannot be killed. */
const killTimeoutMs = 20_000

/** The engine's containers on this machine: conmon and runc run them, this process starts, watches and ends them. */
export async function openHostContainers(parts: Options): Promise<HostContainers> {
  const slots = new Map<string, Slot>()
  const events = subscribers()
  const { slots: found, ended } = await recoverContainers(parts)
  for (const slot of found) slots.set(slot.record.id, slot)
  for (const slot of ended) events.emitOrKeep({ kind: 'exited', container: toContainer(slot.record) })

  const slotOf = (id: string): Slot => {
    const slot = slots.get(id)
    if (slot === undefined || slot.removed) throw containerError['CONTAINER.NOT_FOUND']({ id })
    return slot
  }
  const tell = (kind: 'started' | 'exited' | 'removed', slot: Slot): Container => {
    const container = toContainer(slot.record)
    events.emit({ kind, container })
    return container
  }
  /** Does nothing while it runs. */
  const conclude = (slot: Slot): Promise<void> =>
    slot.inTurn(async () => {
      const exit = await findExit(parts, slot)
      if (exit === undefined) return
      await recordExit(slot, exit)
      slot.over.resolve(exit)
      tell('exited', slot)
      await clearRun(parts, slot)
    })
  const noticeExit = (slot: Slot) => void conclude(slot).catch(reportLater)
  const watcher = watchExits(parts.places.exits, {
    look: (id) => {
      const slot = slots.get(id)
      if (slot !== undefined) noticeExit(slot)
    },
    lookAtAll: () => {
      for (const slot of slots.values()) if (slot.record.run !== null) lookAt(slot)
    },
  })
  const lookAt = (slot: Slot) => {
    const { run, spec } = slot.record
    if (run === null) return
    if (!isSame(run.process) || !isSame(run.monitor)) return noticeExit(slot)
    rotateLog(logPath(slot.record), { bundle: slot.directory, ...spec.log }).catch(reportLater)
  }
  const send = (slot: Slot, signal: number): void => {
    const { run } = slot.record
    if (run !== null && isSame(run.process)) signalProcess(run.process.pid, signal)
  }
  const kill = async (slot: Slot): Promise<void> => {
    slot.stopping = true
    send(slot, signalNumber('SIGKILL'))
    const { id } = slot.record
    await within(slot.over.promise, killTimeoutMs, () =>
      containerError['CONTAINER.STUCK']({ id, timeoutMs: killTimeoutMs }),
    )
  }

  return {
    imagesInUse: () => [...slots.values()].map((slot) => slot.record.image.digest),
    subscribe: events.subscribe,
    get: async (id) => toContainer(slotOf(id).record),
    async list(labels = {}) {
      const wanted = Object.entries(labels)
      return [...slots.values()]
        .filter((slot) => !slot.removed)
        .map((slot) => toContainer(slot.record))
        .filter((container) => wanted.every(([name, value]) => container.labels[name] === value))
    },
    async create(spec) {
      assertContainerSpec(spec)
      return parts.withStoreLock('shared', async () => {
        const image = await parts.images.get(spec.image)
        if ([...slots.values()].some((slot) => slot.record.spec.name === spec.name)) {
          throw containerError['CONTAINER.NAME_TAKEN']({ name: spec.name })
        }
        const record = newRecord(spec, image)
        const slot = newSlot(record, `${parts.places.containers}/${record.id}`)
        slots.set(record.id, slot)
        await saveRecord(slot.directory, record)
        return toContainer(record)
      })
    },
    async start(id) {
      const slot = slotOf(id)
      return slot.inTurn(async () => {
        slotOf(id)
        if (slot.record.run !== null) return toContainer(slot.record)
        if (slot.record.exit !== null) slot.over = Promise.withResolvers()
        slot.stopping = false
        await startContainer(parts, slot)
        // It may have ended while it was being started, before there was a record to look at.
        queueMicrotask(() => lookAt(slot))
        return tell('started', slot)
      })
    },
    async stop(id, { timeoutMs, signal }) {
      const slot = slotOf(id)
      await slot.inTurn(async () => undefined)
      if (slot.record.run === null) return toContainer(slot.record)
      slot.stopping = true
      send(slot, signalNumber(signal ?? slot.record.image.stopSignal ?? 'SIGTERM'))
      const asked = await Promise.race([slot.over.promise, after(timeoutMs)])
      if (asked === undefined) await kill(slot)
      return toContainer(slot.record)
    },
    async kill(id, signal) {
      const slot = slotOf(id)
      if (slot.record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
      send(slot, signalNumber(signal))
    },
    async remove(id) {
      const slot = slots.get(id)
      if (slot === undefined) return
      await slot.inTurn(async () => undefined)
      if (slot.record.run !== null) await kill(slot)
      await slot.inTurn(async () => {
        if (slot.removed) return
        await removeTree(parts.commands, slot.directory)
        slot.removed = true
        slots.delete(id)
        tell('removed', slot)
        await removeUnusedBridge(slot)
      })
    },
    async wait(id, signal) {
      const slot = slotOf(id)
      if (slot.record.run === null && slot.record.exit !== null) return slot.record.exit
      return signal === undefined ? slot.over.promise : unlessAborted(slot.over.promise, signal)
    },
    async *logs(id, query) {
      const slot = slotOf(id)
      yield* readLog(logPath(slot.record), query, () => slot.removed || slot.record.run === null)
    },
    async stats(id) {
      const slot = slotOf(id)
      if (slot.record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
      const counted = await parts.cgroups.stats(cgroupOf(parts, slot.record))
      return { ...counted, memoryLimitBytes: slot.record.spec.limits.memoryBytes }
    },
    async close() {
      watcher.close()
      await Promise.all([...slots.values()].map((slot) => slot.inTurn(async () => undefined)))
    },
  }

  async function removeUnusedBridge({ record }: Slot): Promise<void> {
    const { group } = record.spec
    if ([...slots.values()].some((slot) => slot.record.spec.group === group)) return
    const known = parts.groups.all().find((each) => each.name === group)
    if (known !== undefined) await parts.networks.removeBridge(known)
  }
}

/** For what nobody waits for: it is tried again at the next look. */
function reportLater(error: unknown): void {
  process.emitWarning(
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    'BerthContainers',
  )
}

function after(durationMs: number): Promise<undefined> {
  return pause(Math.min(durationMs, 2 ** 31 - 1), undefined, { ref: false })
}

async function within<Result>(
  promise: Promise<Result>,
  timeoutMs: number,
  error: () => Error,
): Promise<Result> {
  const late = Symbol('late')
  const first = await Promise.race([promise, after(timeoutMs).then(() => late)])
  if (first === late) throw error()
  return first as Result
}

function unlessAborted(promise: Promise<ContainerExit>, signal: AbortSignal): Promise<ContainerExit> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

import { attachContainer } from '../container/attach/attach-container.ts'
import { watchContainers } from '../container/conclude.ts'
import type { ContainerParts } from '../container/container-parts.ts'
import { logPath, toContainer } from '../container/container-record.ts'
import { createContainer } from '../container/create-container.ts'
import { execInContainer } from '../container/exec/exec-in-container.ts'
import { containerChanges } from '../container/files/changes.ts'
import { commitContainer } from '../container/files/commit-container.ts'
import { copyIn } from '../container/files/copy-in.ts'
import { copyOut, exportContainer, statPath } from '../container/files/copy-out.ts'
import { type Held, slotOf } from '../container/held-containers.ts'
import { logKeeper } from '../container/keep-logs.ts'
import { restartLater, startKept } from '../container/keep-running.ts'
import { writableLimits, writableUse } from '../container/mount-root.ts'
import { pauseContainer, resumeContainer } from '../container/pause-container.ts'
import { containerProcesses } from '../container/query/container-processes.ts'
import { listContainers, pruneContainers } from '../container/query/list-containers.ts'
import { readLog } from '../container/read-log.ts'
import { recoverContainers } from '../container/recover-containers.ts'
import { removeContainer } from '../container/remove-container.ts'
import { renameContainer } from '../container/rename-container.ts'
import { restartContainer, runContainer } from '../container/run-container.ts'
import type { Slot } from '../container/slot.ts'
import { containerStats, watchStats } from '../container/stats/container-stats.ts'
import { signalContainer, stopContainer } from '../container/stop-container.ts'
import { subscribers } from '../container/subscribers.ts'
import { waitForExit } from '../container/wait-for-exit.ts'
import type { Containers, DiskLimits, ImageDigest } from '../engine.ts'
import type { VolumeUser } from '../volume/open-volumes.ts'

export type HostContainers = Containers & {
  imagesInUse(): ImageDigest[]
  /** A container that mounts a volume: one that runs, if any does. */
  volumeUser(volume: string): VolumeUser | undefined
  /** For `ProjectQuotas.reconcile`. */
  countedRoots(): { directory: string; limits: DiskLimits }[]
  close(): Promise<void>
}

type Options = { parts: ContainerParts } & Pick<Held, 'images' | 'withStoreLock'>

/** The engine's containers on this machine: conmon and runc run them, this process starts, watches and ends them. */
export async function openHostContainers(options: Options): Promise<HostContainers> {
  const { held, endedNow } = await findContainers(options)
  const watcher = watchContainers(held)
  const starting = startKept(held, endedNow)
  return {
    subscribe: held.events.subscribe,
    create: (spec) => createContainer(held, spec),
    start: (id) => runContainer(held, id),
    stop: (id, how) => stopContainer(held, id, how),
    restart: (id, how) => restartContainer(held, id, how),
    kill: (id, signal) => signalContainer(held, id, signal),
    pause: (id) => pauseContainer(held, id),
    resume: (id) => resumeContainer(held, id),
    rename: (id, name) => renameContainer(held, id, name),
    remove: (id) => removeContainer(held, id),
    wait: (id, signal, until) => waitForExit(held, id, { until, signal }),
    exec: (id, spec) => execInContainer(held, id, spec),
    attach: (id) => attachContainer(held, id),
    statPath: (id, path) => statPath(held, id, path),
    copyIn: (id, path, archive, options) => copyIn(held, id, path, { archive, ...options }),
    copyOut: (id, path) => copyOut(held, id, path),
    export: (id) => exportContainer(held, id),
    changes: (id) => containerChanges(held, id),
    commit: (id, how) => commitContainer(held, id, how),
    async get(id) {
      const slot = slotOf(held, id)
      return { ...toContainer(slot.record), ...writableUse(held.parts, slot) }
    },
    list: (labels = {}, filter = {}) => listContainers(held, labels, filter),
    prune: (filter = {}) => pruneContainers(held, filter),
    top: (id) => containerProcesses(held, id),
    stats: async (id) => containerStats(held, id),
    watchStats: (id, intervalMs, signal) =>
      watchStats(async () => containerStats(held, id), intervalMs, signal),
    async *logs(id, query) {
      const slot = slotOf(held, id)
      yield* readLog(logPath(slot.record), query, () => slot.removed || slot.record.run === null)
    },
    volumeUser(volume) {
      const users = [...held.slots.values()].filter(
        ({ removed, record: { spec } }) =>
          !removed && spec.mounts?.some((mount) => mount.kind === 'volume' && mount.volume === volume),
      )
      const slot = users.find(isUp) ?? users[0]
      return slot && { name: slot.record.spec.name, running: isUp(slot) }
    },
    countedRoots: () =>
      [...held.slots.values()].flatMap(({ directory, record: { spec } }) => {
        const limits = writableLimits(spec.limits)
        return limits === null ? [] : [{ directory: `${directory}/upper`, limits }]
      }),
    imagesInUse: () => [...held.slots.values()].map((slot) => slot.record.image.digest),
    async close() {
      held.closed = true
      watcher.close()
      held.logs.close()
      await starting
      await Promise.all([...held.slots.values()].map(letGo))
      await options.parts.names.settled()
    },
  }
}

/** It runs, or is about to. */
function isUp({ root, record }: Slot): boolean {
  return root !== null || record.run !== null
}

async function findContainers(options: Options) {
  const { slots, ended } = await recoverContainers(options.parts)
  const events = subscribers()
  for (const { record } of ended) {
    events.emitOrKeep({ kind: 'exited', container: toContainer(record), at: record.exit?.at ?? new Date() })
  }
  const byId = new Map(slots.map((slot) => [slot.record.id, slot]))
  const held: Held = {
    ...{ ...options, events, slots: byId, logs: logKeeper(), closed: false },
    afterExit: (slot) => restartLater(held, slot),
  }
  await options.parts.names.follow(byId)
  return { held, endedNow: new Set(ended) }
}

/** Containers run on; what belongs to this process ends. A restart that is due is made by whoever opens the engine next. */
async function letGo(slot: Slot): Promise<void> {
  clearTimeout(slot.restart ?? undefined)
  slot.input?.destroy()
  await Promise.all([...slot.commands.values()].map((end) => end()))
  await slot.inTurn(async () => undefined)
}

import { mkdir, rm, rmdir, stat } from 'node:fs/promises'
import type { ContainerExit } from '../engine.ts'
import { awaitExitFile } from '../sandbox/exit-file.ts'
import { isSame, signalProcess } from '../sandbox/process-life.ts'
import { reached } from '../system/failure-points.ts'
import { mountsUnder } from '../system/mount-table.ts'
import { unmount } from '../system/syscalls.ts'
import type { ContainerParts } from './container-parts.ts'
import { type ContainerRecord, saveRecordIfRoom } from './container-record.ts'
import { signalOfExitCode } from './signals.ts'
import type { Slot } from './slot.ts'

/** What is said of an end that nobody saw. */
const killed = { code: 137, signal: 'SIGKILL', outOfMemory: false }

/**
 * How a container that has ended did so. Undefined while it still runs: then there is nothing to do. A container whose
 * monitor was killed is ended, because its output goes nowhere and nobody would learn its exit code.
 */
export async function findExit(parts: ContainerParts, slot: Slot): Promise<ContainerExit | undefined> {
  const { run, id } = slot.record
  if (run === null) return undefined
  if (run.bootId !== parts.bootId) {
    return { ...killed, at: new Date(), reason: 'the machine was restarted' }
  }
  const path = `${parts.places.exits}/${id}`
  const monitorLives = isSame(run.monitor)
  const at = await modifiedAt(path)
  if (at === undefined && monitorLives && isSame(run.process)) return undefined
  if (at === undefined && isSame(run.process)) signalProcess(run.process.pid, 'SIGKILL')
  // The process is gone or on its way; the monitor, where there is one, is about to write.
  const code = await awaitExitFile(path, monitorLives ? run.monitor.pid : 0)
  if (code === undefined) return { ...killed, at: new Date(), reason: 'its monitor was killed' }
  const cgroup = cgroupOf(parts, slot.record)
  const outOfMemory = code !== 0 && !slot.stopping && (await parts.cgroups.oomKills(cgroup)) > 0
  const peakMemoryBytes = await parts.cgroups.peakMemory(cgroup)
  const endedAt = (await modifiedAt(path)) ?? new Date()
  return { code, signal: signalOfExitCode(code), outOfMemory, at: endedAt, peakMemoryBytes }
}

/** Keeps the exit first, then clears up; a crash in between leaves clearing for `recover`. */
export async function recordExit(slot: Slot, exit: ContainerExit): Promise<void> {
  slot.record = { ...slot.record, run: null, exit }
  slot.stopping = false
  await saveRecordIfRoom(slot.directory, slot.record)
}

/** Takes away what only a running container needs: runtime state, cgroups, mount, address. */
export async function clearRun(parts: ContainerParts, slot: Slot): Promise<void> {
  await parts.runtime.delete(slot.record.id)
  reached('runtime state deleted')
  await parts.cgroups.remove(cgroupOf(parts, slot.record))
  reached('cgroup removed')
  await clearFiles(parts, slot)
}

/** The same where the runtime knows nothing of it any more. */
export async function clearFiles(parts: ContainerParts, slot: Slot): Promise<void> {
  const { id } = slot.record
  slot.root?.unmount()
  slot.root = null
  await detachElsewhere(`${slot.directory}/root`)
  reached('container root unmounted')
  if (slot.reservation !== null) parts.networks.release(slot.reservation)
  slot.reservation = null
  await rm(`${parts.places.exits}/${id}`, { force: true })
  await rm(`${parts.places.sockets}/${id}`, { recursive: true, force: true })
  slot.uncleared = false
  reached('container cleared')
}

export function cgroupOf({ places }: ContainerParts, { id }: Pick<ContainerRecord, 'id'>): string {
  return `${places.cgroupParent}/${id}`
}

/**
 * A worker that is gone may have left the root mounted in its own namespace, which the monitors of other containers
 * keep alive. Removing a mount point takes the mount away in every other namespace (Linux 3.18), which nothing else
 * can do from here; without it the upper directory could not be mounted again.
 */
async function detachElsewhere(root: string): Promise<void> {
  try {
    await rmdir(root)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    if (code !== 'EBUSY') throw error
    // An engine of this very process, closed since, has left it in our own.
    for (const point of mountsUnder(root)) unmount(point)
    await rmdir(root)
  }
  await mkdir(root, { mode: 0o755 })
}

async function modifiedAt(path: string): Promise<Date | undefined> {
  try {
    return (await stat(path)).mtime
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

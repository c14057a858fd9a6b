import { readdir, rm } from 'node:fs/promises'
import { endLeftovers } from '../sandbox/end-leftovers.ts'
import { isSame } from '../sandbox/process-life.ts'
import { removeTree } from '../system/scratch.ts'
import type { ContainerParts } from './container-parts.ts'
import { readRecords } from './container-record.ts'
import { cgroupOf, clearFiles, findExit, recordExit } from './end-container.ts'
import { endOrphanExecs } from './exec/end-exec.ts'
import { newSlot, type Slot } from './slot.ts'

/**
 * Finds the containers that a former worker left, from what is really there:
 *
 * - One whose process and monitor live goes on; its address stays taken.
 * - One that has ended, or whose machine was restarted, has exited; `ended` are those that nobody knew of yet.
 * - What no record knows (created but not started, a build's step, a half-made directory) goes, with its cgroups,
 *   cables and bridges.
 */
export async function recoverContainers(parts: ContainerParts): Promise<{ slots: Slot[]; ended: Slot[] }> {
  const { places } = parts
  const { records, broken } = await readRecords(places.containers)
  const slots = records.map((record) => newSlot(record, `${places.containers}/${record.id}`))
  const running = slots.filter(
    ({ record: { run } }) =>
      run !== null && run.bootId === parts.bootId && isSame(run.process) && isSame(run.monitor),
  )
  const ended = slots.filter((slot) => slot.record.run !== null && !running.includes(slot))
  for (const slot of ended) {
    const exit = await findExit(parts, slot)
    if (exit !== undefined) await recordExit(slot, exit)
  }
  for (const slot of running) await adoptPause(parts, slot)
  await endOrphanExecs(
    parts,
    running.map(({ record }) => record),
  )
  await endLeftovers(parts, new Set(running.map(({ record }) => record.id)))
  for (const directory of broken) await removeTree(parts.commands, directory)
  for (const slot of running) await adoptAddress(parts, slot)
  await parts.networks.recover(running.flatMap(({ reservation }) => reservation ?? []))
  for (const slot of slots) {
    if (slot.record.exit !== null) slot.over.resolve(slot.record.exit)
    if (running.includes(slot)) slot.uncleared = true
    else await clearFiles(parts, slot)
  }
  await clearDirectories(parts, new Set(running.map(({ record }) => record.id)))
  return { slots, ended }
}

/** The kernel's word counts: a worker may have died between pausing it and saying so. What it paused for itself goes on. */
async function adoptPause(parts: ContainerParts, slot: Slot): Promise<void> {
  const { run, id } = slot.record
  if (run === null) return
  let paused = parts.cgroups.isFrozen(cgroupOf(parts, slot.record))
  if (paused && run.pausedBriefly) {
    await parts.runtime.resume(id)
    paused = false
  }
  slot.record = { ...slot.record, run: { ...run, paused, pausedBriefly: false } }
}

async function adoptAddress(parts: ContainerParts, slot: Slot): Promise<void> {
  const address = slot.record.run?.address ?? null
  if (address === null) return
  const group = await parts.groups.ensure(slot.record.spec.group, () => new Set())
  slot.reservation = await parts.networks.adopt(group, address)
}

async function clearDirectories({ places }: ContainerParts, running: ReadonlySet<string>): Promise<void> {
  for (const directory of [places.exits, places.sockets, places.steps, places.execs]) {
    for (const name of await readdir(directory)) {
      if (!running.has(name)) await rm(`${directory}/${name}`, { recursive: true, force: true })
    }
  }
}

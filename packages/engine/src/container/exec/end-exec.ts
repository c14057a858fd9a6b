import { readdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { signalProcess } from '../../sandbox/process-life.ts'
import { processesIn, processState, readIfThere } from '../../sandbox/processes-in.ts'
import type { ContainerParts } from '../container-parts.ts'
import type { ContainerRecord } from '../container-record.ts'
import { cgroupOf } from '../end-container.ts'

const mostRounds = 10

/**
 * Ends a further process with everything in its session: what it left behind in another (a daemon) was meant to stay.
 * Looked for in the container's own cgroup, so that no number can name anyone else's process.
 */
export async function endSession(
  parts: ContainerParts,
  record: ContainerRecord,
  session: number,
): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const members = statesOf(parts, record).filter(
      (state) => state.session === session && state.state !== 'Z',
    )
    if (members.length === 0) return
    for (const { pid } of members) signalProcess(pid, 'SIGKILL')
    await pause(round)
  }
}

/** As a terminal does with its keys: everyone in the session hears it. */
export function signalSession(
  parts: ContainerParts,
  record: ContainerRecord,
  { session, signal }: { session: number; signal: number },
): void {
  const members = statesOf(parts, record).filter((state) => state.session === session)
  for (const { pid } of members) signalProcess(pid, signal)
}

/**
 * Ends the further processes of running containers whose owner, a former worker, is gone. They are those that nobody in
 * the container started: every orphan inside has the container's first process as its parent.
 */
export async function endOrphanExecs(
  parts: ContainerParts,
  running: readonly ContainerRecord[],
): Promise<void> {
  await endRuntimes(parts.places.runtimeRoot)
  for (const record of running) {
    const states = statesOf(parts, record)
    const inside = new Set(states.map(({ pid }) => pid))
    const first = record.run?.process.pid
    const orphans = states.filter(({ pid, parent }) => pid !== first && !inside.has(parent))
    for (const { session } of orphans) await endSession(parts, record, session)
  }
}

function statesOf(parts: ContainerParts, record: ContainerRecord) {
  const path = cgroupOf(parts, record)
  return processesIn(parts.host.cgroupVersion, path).flatMap((pid) => processState(pid) ?? [])
}

/** A runtime that was just starting a process in a container must not come behind our back with it. */
async function endRuntimes(runtimeRoot: string): Promise<void> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const words = readIfThere(`/proc/${name}/cmdline`).split('\0')
    if (words.includes(runtimeRoot) && words.includes('exec')) signalProcess(Number(name), 'SIGKILL')
  }
}

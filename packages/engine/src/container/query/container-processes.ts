import type { ContainerProcess } from '../../engine.ts'
import { processesIn, processState, readIfThere } from '../../sandbox/processes-in.ts'
import { cgroupOf } from '../end-container.ts'
import { containerError } from '../errors.ts'
import { rangeOf } from '../group-records.ts'
import { type Held, slotOf } from '../held-containers.ts'

/** Linux's, on every architecture that Node runs on: sysconf(_SC_CLK_TCK) and the usual page. */
const tickMs = 10
const pageBytes = 4_096
const mostWordBytes = 4_096

/** @throws CONTAINER.NOT_RUNNING */
export async function containerProcesses(held: Held, id: string): Promise<ContainerProcess[]> {
  const { parts } = held
  const { record } = slotOf(held, id)
  if (record.run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
  const { start } = rangeOf(await parts.groups.ensure(record.spec.group, () => new Set()))
  const bootMs = Date.now() - Number(readIfThere('/proc/uptime').split(' ')[0]) * 1_000
  const found = processesIn(parts.host.cgroupVersion, cgroupOf(parts, record)).flatMap(
    (pid) => lookAt(pid, { start, bootMs }) ?? [],
  )
  const inside = new Map(found.map(({ hostPid, pid }) => [hostPid, pid]))
  return found
    .map(({ hostParent, ...process }) => ({ ...process, parentPid: inside.get(hostParent) ?? 0 }))
    .sort((a, b) => a.pid - b.pid)
}

/** Undefined: it ended while it was looked at. */
function lookAt(pid: number, { start, bootMs }: { start: number; bootMs: number }) {
  const state = processState(pid)
  const status = readIfThere(`/proc/${pid}/status`)
  if (state === undefined || status === '') return undefined
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? ''
  const words = readIfThere(`/proc/${pid}/cmdline`).slice(0, mostWordBytes).split('\0').slice(0, -1)
  return {
    pid: Number(field('NSpid').split(/\s+/).at(-1)),
    hostPid: pid,
    hostParent: state.parent,
    uid: Number(field('Uid').split(/\s+/)[0]) - start,
    state: state.state,
    startedAt: new Date(bootMs + state.startTicks * tickMs),
    cpuTimeMs: state.cpuTicks * tickMs,
    memoryBytes: state.residentPages * pageBytes,
    // One that has ended, or has written over its words, has a name still.
    command: words.length > 0 ? words : [`[${field('Name')}]`],
  }
}

import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import type { ContainerStats } from '../../engine.ts'
import { readIfThere } from '../../sandbox/processes-in.ts'
import { readCounts } from '../../sandbox/read-counts.ts'
import { cgroupOf } from '../end-container.ts'
import { containerError } from '../errors.ts'
import { type Held, slotOf } from '../held-containers.ts'

const machineCpus = cpus().length

/** @throws CONTAINER.NOT_RUNNING */
export function containerStats({ parts, ...held }: Held, id: string): ContainerStats {
  const { run, spec, ...record } = slotOf({ parts, ...held }, id).record
  if (run === null) throw containerError['CONTAINER.NOT_RUNNING']({ id })
  return {
    at: new Date(),
    ...readCounts(parts.host.cgroupVersion, cgroupOf(parts, record)),
    memoryLimitBytes: spec.limits.memoryBytes,
    cpus: machineCpus,
    network: spec.network === 'none' ? null : traffic(readIfThere(`/proc/${run.process.pid}/net/dev`)),
  }
}

const shortestIntervalMs = 100

/** Now, and again each time the interval is over, until the container does not run any more or the signal is aborted. */
export async function* watchStats(
  read: () => Promise<ContainerStats>,
  intervalMs: number,
  signal?: AbortSignal,
): AsyncGenerator<ContainerStats> {
  while (!signal?.aborted) {
    const stats = await read().catch((error: unknown) => {
      if (isBerthError(error, 'CONTAINER.NOT_RUNNING', 'CONTAINER.NOT_FOUND')) return null
      throw error
    })
    if (stats === null) return
    yield stats
    await pause(Math.max(intervalMs, shortestIntervalMs), undefined, { signal, ref: false }).catch(
      () => undefined,
    )
  }
}

/** A line an interface: its name, eight numbers received, eight sent. Source: proc(5), /proc/net/dev. */
export function traffic(text: string): ContainerStats['network'] {
  const rows = text
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/[:\s]+/))
    .filter(([name]) => name !== '' && name !== 'lo')
  const sum = (place: number) => rows.reduce((all, row) => all + Number(row[place] ?? 0), 0)
  return { receivedBytes: sum(1), receivedPackets: sum(2), sentBytes: sum(9), sentPackets: sum(10) }
}

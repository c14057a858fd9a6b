import { statfs } from 'node:fs/promises'
import { loadavg, uptime } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { places } from '@berth/domain'
import {
  finest,
  flushEveryMs,
  type MachineView,
  machineSeries,
  openMetricsFiles,
  type Plot,
  type PlotQuery,
  readPlot,
  readTraffic,
  type Snapshot,
  startOf,
  type TrafficLines,
  type TrafficQuery,
} from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import { diskUse } from '../notices/watch-disk.ts'
import type { Parts } from '../parts.ts'
import { countTraffic } from './count-traffic.ts'
import { openDiskUses } from './disk-uses.ts'
import { lookAtMachine, type MachineLook } from './look-at-machine.ts'
import { openPlatformProcesses } from './platform-processes.ts'
import type { RestartCounts } from './restart-counts.ts'
import { openInstanceSampler } from './sample-instances.ts'
import { type Look, usageBetween } from './usage-between.ts'

/**
 * What apps and the machine use, and what comes for apps: looked at every ten seconds, at the ends of the steps that figures
 * are kept in. One round for everything: a list of containers, ten small files a container, one question to the front door.
 * A round that comes late, or not at all, leaves a gap; no figure is made up.
 */
export type Metrics = {
  begin(): void
  /** One round now, as the clock says it. */
  sample(): Promise<void>
  plot(owner: { appId: string } | 'machine', query: PlotQuery): Promise<Plot>
  traffic(query: TrafficQuery): TrafficLines
  snapshot(): Promise<Snapshot>
  machine(): Promise<MachineView>
  forget(appId: string): Promise<void>
  prune(): Promise<number>
  /** Writes what it has. */
  close(): Promise<void>
}

type MetricsParts = Pick<Parts, 'settings' | 'engine' | 'frontDoor' | 'accessLog' | 'versions' | 'report'> & {
  keeper: Pick<Keeper, 'facts' | 'keptApp'>
  restarts: RestartCounts
}

/** After the end of a step, so that requests which ended within it have been told of. */
const afterMs = 150
const hourMs = 60 * 60_000

export function openMetrics(parts: MetricsParts): Metrics {
  const { settings, engine, frontDoor, keeper, restarts, report } = parts
  const files = openMetricsFiles(places(settings).metrics, (error) => report('writing figures', error))
  const instances = openInstanceSampler({ engine, keeper, files, restarts })
  const traffic = countTraffic(parts.accessLog)
  const diskUses = openDiskUses(parts)
  const processes = openPlatformProcesses()
  const closing = new AbortController()
  let machineLook: (MachineLook & { atMs: number }) | undefined
  let cpuFraction: number | null = null
  let flushedAt = 0
  let running: Promise<void> = Promise.resolve()

  async function rounds(): Promise<void> {
    while (!closing.signal.aborted) {
      const now = Date.now()
      const waitMs = startOf(now, finest.stepMs) + finest.stepMs + afterMs - now
      await sleep(waitMs, undefined, { signal: closing.signal }).catch(() => undefined)
      if (!closing.signal.aborted) await sample()
    }
  }

  async function sample(): Promise<void> {
    const at = startOf(Date.now() - finest.stepMs / 2, finest.stepMs)
    await attempt('looking at the machine', () => sampleMachine(at))
    await attempt('looking at the instances', () => instances.sample(at))
    await attempt('counting requests', () => sampleTraffic(at))
    if (startOf(at, flushEveryMs) === flushedAt) return
    flushedAt = startOf(at, flushEveryMs)
    await files.flush()
  }

  function isThere(appId: string): boolean {
    const kept = keeper.keptApp(appId)
    return kept !== undefined && kept.app !== null && !kept.gone
  }

  async function attempt(doing: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => report(doing, error))
  }

  async function sampleMachine(at: number): Promise<void> {
    const before = machineLook
    machineLook = { ...(await lookAtMachine()), atMs: performance.now() }
    const usage = before && usageBetween(machineOf(before), machineOf(machineLook))
    cpuFraction = usage ? usage.cpuMs / usage.coveredMs / machineLook.cpus : null
    if (usage) files.putUsage(machineSeries, { at, value: usage })
  }

  async function sampleTraffic(at: number): Promise<void> {
    // Lines are counted whether or not the front door can be asked.
    const counters = await frontDoor.counters().catch((error: unknown) => {
      report('asking the front door', error)
      return []
    })
    for (const [appId, value] of traffic.take(counters.filter(({ routeId }) => isThere(routeId))))
      if (isThere(appId)) files.putTraffic(appId, { at, value })
  }

  async function lastHour(cpus: number): Promise<MachineView['lastHour']> {
    const now = Date.now()
    const query = { instance: null, process: null, from: now - hourMs, to: now, points: 60 }
    const { from, stepMs, usage } = await readPlot(files, 'machine', query)
    const cpu = usage.cpu.map((cores) => (cores === null ? null : cores / cpus))
    return { from, stepMs, cpu, memoryBytes: usage.memoryBytes }
  }

  return {
    begin: () => {
      running = rounds()
    },
    sample,
    plot: (owner, query) => readPlot(files, owner, query),
    traffic: (query) => readTraffic(files, query),
    snapshot: async () => {
      const { usedBytes, totalBytes } = diskUse(await statfs(settings.home))
      const look = machineLook ?? (await lookAtMachine())
      return {
        instances: instances.latest().map(({ appId, name, processType, look: each }) => ({
          ...{ appId, name, processType, cpuMs: each.cpuTimeMs, pids: each.pids },
          ...{ memoryBytes: each.memoryBytes, memoryLimitBytes: each.memoryLimitBytes },
          ...{ receivedBytes: each.network?.receivedBytes ?? 0, sentBytes: each.network?.sentBytes ?? 0 },
          ...{ readBytes: each.blockIo.readBytes, writtenBytes: each.blockIo.writtenBytes },
          restarts: restarts.total(appId, name),
        })),
        apps: [...traffic.totals()].map(([appId, total]) => ({
          ...{ appId, statuses: [...total.statuses], latency: [...total.latency] },
          ...{ requestBytes: total.requestBytes, responseBytes: total.responseBytes },
          latencySumMs: total.latencySumMs,
        })),
        machine: {
          ...{ cpus: look.cpus, cpuMs: look.cpuTimeMs, memoryBytes: look.memoryBytes },
          ...{
            memoryTotalBytes: look.memoryTotalBytes,
            diskUsedBytes: usedBytes,
            diskTotalBytes: totalBytes,
          },
        },
      }
    },
    machine: async () => {
      const [look, disk, uses] = await Promise.all([lookAtMachine(), statfs(settings.home), diskUses()])
      const containers = await engine.containers.list({})
      return {
        ...{ cpus: look.cpus, cpuFraction, load: loadavg() },
        memory: { usedBytes: look.memoryBytes, totalBytes: look.memoryTotalBytes },
        lastHour: await lastHour(look.cpus),
        upSince: new Date(Date.now() - uptime() * 1_000).toISOString(),
        containers: {
          running: containers.filter(({ state }) => state === 'running').length,
          all: containers.length,
        },
        disk: { path: settings.home, ...diskUse(disk), ...uses },
        versions: await parts.versions(),
        processes: await processes(),
      }
    },
    forget: async (appId) => {
      traffic.forget(appId)
      restarts.forget(appId)
      await files.removeApp(appId)
    },
    prune: () => files.prune(Date.now()),
    close: async () => {
      closing.abort()
      traffic.close()
      await running
      await files.flush()
    },
  }
}

/** The machine as if it were a container without limits, network and disks. */
function machineOf({
  cpuTimeMs,
  cpus,
  memoryBytes,
  memoryTotalBytes,
  atMs,
}: MachineLook & { atMs: number }): Look {
  return {
    ...{ atMs, cpuTimeMs, cpus, memoryBytes, memoryLimitBytes: memoryTotalBytes, pids: 0, network: null },
    blockIo: { readBytes: 0, writtenBytes: 0 },
  }
}

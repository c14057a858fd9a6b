import { duplexPair } from 'node:stream'
import type { StageEvent } from '@berth/domain'
import type { AppLogLine } from '../app-log/app-log-line.ts'
import { logMatcher } from '../app-log/log-filter.ts'
import { liveError } from '../errors.ts'
import { type FrameStream, frameStream } from '../frame-stream.ts'
import type { DomainLead, InstanceView, LiveClient, OneOffView } from '../live-protocol.ts'
import type { MachineView } from '../metrics/machine-view.ts'
import { type Plot, plotApp } from '../metrics/plot.ts'
import type { TrafficLines } from '../metrics/read-traffic.ts'
import type { Snapshot } from '../metrics/snapshot.ts'
import type { ReleaseComparison } from '../release-comparison.ts'

/**
 * A LiveClient over what a test puts into it. `tellStage` and `tellLog` reach those who follow at once; `breakStreams` is
 * a worker that dies: followers get LIVE.UNAVAILABLE, and so does every call while `available` is false.
 */
export type FakeLiveClient = LiveClient & {
  /** Versions whose images are there, by app. */
  imagesHere: Map<string, number[]>
  comparison: ReleaseComparison
  /** By app; one that is not here has no figures. */
  plots: Map<string, Plot>
  /** By app; one that is not here has no figures. */
  trafficOf: Map<string, Omit<TrafficLines['apps'][number], 'appId'>>
  snapshotNow: Snapshot
  machineNow: MachineView
  available: boolean
  /** Where names lead. */
  leads: Map<string, DomainLead>
  cancelled: string[]
  leases: string[]
  instanceViews: Map<string, InstanceView[]>
  tellStage(id: string, ...events: StageEvent[]): void
  tellLog(appId: string, ...lines: AppLogLine[]): void
  breakStreams(): void
  /** What publishing does; nothing, unless a test says otherwise. */
  whenPublishing: LiveClient['publishImage']
  /** What the worker's side of a session does; it is let be, unless a test says otherwise. */
  whenAttaching(appId: string, workersSide: FrameStream): void
  /** What was asked for, in words: `run app [command]`, `stop app run.1`, `cron app run`. */
  oneOffsAsked: string[]
  oneOffViews: Map<string, OneOffView[]>
}

export function fakeLiveClient(): FakeLiveClient {
  const stages = new Map<string, StageEvent[]>()
  const appLogs = new Map<string, AppLogLine[]>()
  const instanceViews = new Map<string, InstanceView[]>()
  const cancelled: string[] = []
  const leases: string[] = []
  const oneOffsAsked: string[] = []
  const oneOffViews = new Map<string, OneOffView[]>()
  let changed = Promise.withResolvers<void>()
  let generation = 0

  function wake(): void {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }

  function put<Value>(into: Map<string, Value[]>, key: string, values: Value[]): void {
    into.set(key, [...(into.get(key) ?? []), ...values])
    wake()
  }

  function assertAvailable(): void {
    if (!fake.available) throw liveError['LIVE.UNAVAILABLE']({ reason: 'the fake is told to be away' })
  }

  async function* from<Value>(
    source: Map<string, Value[]>,
    key: string,
    options: { after: number; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<Value> {
    assertAvailable()
    const born = generation
    const aborted = new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()))
    for (let at = options.after; !options.signal.aborted; ) {
      if (born !== generation) throw liveError['LIVE.UNAVAILABLE']({ reason: 'the fake broke off' })
      const known = source.get(key) ?? []
      if (at < known.length) yield known[at++] as Value
      else if (!options.follow) return
      else await Promise.race([changed.promise, aborted])
    }
  }

  const fake: FakeLiveClient = {
    available: true,
    cancelled,
    leases,
    instanceViews,
    tellStage: (id, ...events) => put(stages, id, events),
    tellLog: (appId, ...lines) => put(appLogs, appId, lines),
    breakStreams: () => {
      generation += 1
      wake()
    },
    async *stageEvents(id, { after, lease, signal }) {
      if (lease) leases.push(id)
      for await (const event of from(stages, id, { after, follow: true, signal })) {
        yield event
        if (event.kind === 'ended') return
      }
    },
    async *logs(appId, { follow, tail, after, filter, signal }) {
      const wanted = await logMatcher(filter)
      const numbers = (appLogs.get(appId) ?? []).filter(wanted).map(({ number }) => number)
      const place = after ?? (tail === 0 ? numbers.at(-1) : (numbers.at(-tail) ?? numbers[0] ?? 1) - 1) ?? 0
      for await (const line of from(appLogs, appId, { after: 0, follow, signal }))
        if (line.number > place && wanted(line)) yield line
    },
    drains: async () => {
      assertAvailable()
      return []
    },
    lookAtDrains: async () => assertAvailable(),
    testDrain: async () => assertAvailable(),
    logPage: async (appId, { before, after, limit, filter }) => {
      assertAvailable()
      const wanted = await logMatcher(filter)
      const all = (appLogs.get(appId) ?? []).filter(wanted)
      if (after !== null) {
        const newer = all.filter((line) => line.number > after)
        const lines = newer.slice(0, limit)
        return {
          lines,
          before: null,
          after: lines.length < newer.length ? (lines.at(-1)?.number ?? null) : null,
        }
      }
      const older = all.filter((line) => before === null || line.number < before)
      const lines = older.slice(-limit)
      return { lines, before: lines.length < older.length ? (lines[0]?.number ?? null) : null, after: null }
    },
    cancelStage: async (id) => {
      assertAvailable()
      cancelled.push(id)
    },
    instances: async (appId) => {
      assertAvailable()
      return instanceViews.get(appId) ?? []
    },
    whenPublishing: async () => undefined,
    imagesHere: new Map(),
    availableReleases: async (appId) => {
      assertAvailable()
      return fake.imagesHere.get(appId) ?? []
    },
    comparison: { commits: null, files: null },
    plots: new Map(),
    plot: async (appId, { from, to, points }) => {
      assertAvailable()
      const range = { from, to, stepMs: Math.max(1, Math.ceil((to - from) / points)) }
      return fake.plots.get(appId) ?? plotApp({ alive: [], instances: [], traffic: [] }, range)
    },
    trafficOf: new Map(),
    traffic: async ({ appIds, from, to, points }) => {
      assertAvailable()
      const stepMs = Math.max(1, Math.ceil((to - from) / points))
      const apps = appIds.map((appId) => ({ appId, ...(fake.trafficOf.get(appId) ?? unknownTraffic) }))
      return { from, stepMs, apps }
    },
    snapshotNow: { instances: [], apps: [], machine: someMachine },
    snapshot: async () => {
      assertAvailable()
      return structuredClone(fake.snapshotNow)
    },
    machineNow: someMachineView,
    machine: async () => {
      assertAvailable()
      return structuredClone(fake.machineNow)
    },
    compareReleases: async () => {
      assertAvailable()
      return fake.comparison
    },
    publishImage: async (...asked) => {
      assertAvailable()
      await fake.whenPublishing(...asked)
    },
    whenAttaching: () => undefined,
    attach: async (appId) => {
      assertAvailable()
      const [ours, workers] = duplexPair()
      fake.whenAttaching(appId, frameStream(workers))
      return frameStream(ours)
    },
    oneOffsAsked,
    oneOffViews,
    oneOffs: async (appId) => {
      assertAvailable()
      return oneOffViews.get(appId) ?? []
    },
    runDetached: async (appId, { command }) => {
      assertAvailable()
      oneOffsAsked.push(`run ${appId} ${command.join(' ')}`)
      return { name: `run.${oneOffsAsked.length}` }
    },
    stopOneOff: async (appId, name) => {
      assertAvailable()
      oneOffsAsked.push(`stop ${appId} ${name}`)
    },
    beginCronRun: async (appId, runId) => {
      assertAvailable()
      oneOffsAsked.push(`cron ${appId} ${runId}`)
    },
    leads: new Map(),
    verifyDomain: async (_appId, host) => {
      assertAvailable()
      const lead = fake.leads.get(host)
      if (lead === undefined) throw liveError['LIVE.NOT_FOUND']({ what: 'such domain' })
      return lead
    },
    frontAddress: async () => {
      assertAvailable()
      return { name: 'berth.example.com', addresses: ['192.0.2.1'] }
    },
    healthy: async () => fake.available,
  }
  return fake
}

const unknownTraffic = {
  ...{ requests: [], serverErrors: [] },
  total: { requests: null, serverErrors: null },
}

const someMachine: Snapshot['machine'] = {
  ...{ cpus: 2, cpuMs: 1_000, memoryBytes: 1e9, memoryTotalBytes: 4e9 },
  ...{ diskUsedBytes: 1e10, diskTotalBytes: 4e10 },
}

const someMachineView: MachineView = {
  ...{ cpus: 2, cpuFraction: 0.25, load: [0.5, 0.4, 0.3], upSince: '2026-11-22T08:00:00.000Z' },
  memory: { usedBytes: 1e9, totalBytes: 4e9 },
  lastHour: { from: 0, stepMs: 60_000, cpu: [], memoryBytes: [] },
  containers: { running: 1, all: 1 },
  disk: {
    ...{ path: '/var/lib/berth', usedBytes: 1e10, freeBytes: 3e10, totalBytes: 4e10, usedFraction: 0.25 },
    ...{ uses: [{ name: 'images', bytes: 1e9 }], countedAt: '2026-11-22T10:00:00.000Z' },
  },
  versions: [{ name: 'Linux', version: '6.1.0' }],
  processes: [],
}

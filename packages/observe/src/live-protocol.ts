import type { ErrorRecord, StageEvent } from '@berth/domain'
import type { AppLogLine, AppLogQuery, LogPage, LogPageQuery } from './app-log/app-log-line.ts'
import type { DrainState } from './drains/run-drain.ts'
import type { FrameStream } from './frame-stream.ts'
import type { MachineView } from './metrics/machine-view.ts'
import type { Plot } from './metrics/plot.ts'
import type { PlotQuery } from './metrics/read-plot.ts'
import type { TrafficLines, TrafficQuery } from './metrics/read-traffic.ts'
import type { Snapshot } from './metrics/snapshot.ts'
import type { ReleaseComparison } from './release-comparison.ts'

/**
 * What the worker shows of what is happening now, over HTTP on its Unix socket (mode 0660, group berth). Streams are
 * NDJSON. The records in the database say what should be; this says what is. Server: apps/worker; client: `LiveClient`.
 *
 *   GET  /stages/:id/events?after=N      StageEvent per line, from number N on, until `ended`; :id is a build's or a
 *                                        deployment's. Waits for a stage that has not begun.
 *   GET  /stages/:id/events?lease=1      the same; where this connection is lost before `ended` and not opened again
 *                                        within 10 s, the stage is cancelled: nobody waits for it any more.
 *   POST /stages/:id/cancel              204
 *   GET  /apps/:id/instances             InstanceView[]
 *   GET  /apps/:id/logs?follow=1&tail=N&instance=web.1   AppLogLine per line, merged in order; `after=N` in place of `tail`;
 *                                        all of LogFilter's words
 *   GET  /apps/:id/log-pages?before=N&limit=N   LogPage; `after=N` in place of `before`; all of LogFilter's words
 *   POST /apps/:id/publish?version=N     sends the image of that release to the registry, with the token of its
 *                                        Authorization header; answers 200 at once, and ends with LiveOutcome
 *   GET  /apps/:id/available-releases    the versions whose images are here: number[]
 *   GET  /apps/:id/comparison?from=N&to=M   ReleaseComparison; answers 200 at once, and may end with LiveFailure
 *   GET  /apps/:id/attach                upgraded to attach-protocol.ts: a command in an instance, with who types joined to it.
 *                                        Where this connection is lost, the command is ended.
 *   GET  /apps/:id/one-offs              OneOffView[]
 *   POST /apps/:id/one-offs              DetachedRun in the body; answers OneOffName once it runs
 *   POST /apps/:id/one-offs/run.1/stop   204; ends a one-off instance, whoever began it
 *   POST /apps/:id/cron/:runId           204: the waiting run that a person asked for is begun now
 *   POST /apps/:id/domains/www.example.com/verify   DomainLead; answers 200 at once, and may end with LiveFailure
 *   GET  /front-address                  FrontAddress
 *   GET  /apps/:id/drains                DrainState[]
 *   POST /apps/:id/drains                204; drains were added or removed
 *   POST /apps/:id/drains/:drainId/test  sends one line, and ends with LiveOutcome
 *   GET  /apps/:id/metrics?from=MS&to=MS&points=N&instance=web.1   Plot; `process=web` in place of `instance`
 *   POST /traffic                        TrafficQuery in the body; TrafficLines
 *   GET  /machine                        MachineView
 *   GET  /snapshot                       Snapshot: every counter as it stands
 *   GET  /health                         { ok: true }
 */
export interface LiveClient {
  stageEvents(
    id: string,
    options: { after: number; lease: boolean; signal: AbortSignal },
  ): AsyncIterable<StageEvent>
  cancelStage(id: string): Promise<void>
  instances(appId: string): Promise<InstanceView[]>
  /** @throws LOG.BAD_PATTERN */
  logs(appId: string, options: AppLogQuery): AsyncIterable<AppLogLine>
  drains(appId: string): Promise<DrainState[]>
  lookAtDrains(appId: string): Promise<void>
  /** Returns once a line has got there. @throws DRAIN.… */
  testDrain(appId: string, drainId: string): Promise<void>
  /** @throws LOG.BAD_PATTERN */
  logPage(appId: string, query: LogPageQuery): Promise<LogPage>
  /** Returns once the image of that release is in the registry. @throws LIVE.NOT_FOUND, IMAGE.NOT_FOUND, REGISTRY.… */
  publishImage(appId: string, version: number, token: string): Promise<void>
  availableReleases(appId: string): Promise<number[]>
  /** @throws LIVE.NOT_FOUND */
  compareReleases(appId: string, versions: { from: number; to: number }): Promise<ReleaseComparison>
  /** Frames of attach-protocol.ts, both ways. @throws LIVE.NOT_FOUND, LIVE.BUSY */
  attach(appId: string): Promise<FrameStream>
  oneOffs(appId: string): Promise<OneOffView[]>
  /** A one-off instance that nobody is joined to. @throws ONE_OFF.… */
  runDetached(appId: string, run: DetachedRun): Promise<OneOffName>
  /** @throws ONE_OFF.NOT_FOUND */
  stopOneOff(appId: string, name: string): Promise<void>
  /** @throws LIVE.NOT_FOUND, LIVE.UNAVAILABLE: then the run is begun by the next look at what waits */
  beginCronRun(appId: string, runId: string): Promise<void>
  /** Where one of the app's domains leads now. @throws LIVE.NOT_FOUND */
  verifyDomain(appId: string, host: string): Promise<DomainLead>
  frontAddress(): Promise<FrontAddress>
  plot(appId: string, query: PlotQuery): Promise<Plot>
  /** What came for many apps; in the order of the asking. */
  traffic(query: TrafficQuery): Promise<TrafficLines>
  machine(): Promise<MachineView>
  snapshot(): Promise<Snapshot>
  healthy(): Promise<boolean>
}

/** `command`: as `AttachBegin` has it. */
export type DetachedRun = { command: string[]; entrypoint: boolean; timeoutMs: number }

/** What runs beside an app's instances. */
export type OneOffView = {
  /** run.1 */
  name: string
  kind: 'attached' | 'detached' | 'cron'
  releaseVersion: number
  containerId: string
  state: 'starting' | 'running' | 'stopped'
  startedAt: string | null
  /** When its time is up. */
  endsAt: string | null
}

export type OneOffName = { name: string }

export type InstanceState = 'starting' | 'running' | 'restarting' | 'crashed' | 'stopping' | 'stopped'

/** `starting` until the checks of its start, and those of readiness, have passed. */
export type InstanceHealth = {
  state: 'starting' | 'healthy' | 'unhealthy'
  /** What a check said, or why it is started again. */
  reason: string | null
}

export type InstanceView = {
  /** web.1 */
  name: string
  processType: string
  releaseVersion: number
  containerId: string
  state: InstanceState
  /** Null: it should not run. */
  health: InstanceHealth | null
  address: string | null
  startedAt: string | null
  restarts: number
  lastExit: { code: number; signal: string | null; outOfMemory: boolean; at: string } | null
  memoryBytes: number | null
  memoryLimitBytes: number | null
  /** Of one core, over the last seconds. */
  cpuFraction: number | null
}

/** What the records of a domain have to say to lead here. */
export type FrontAddress = {
  /** A name that others may be aliases of; null: it has no address that can be looked up. */
  name: string | null
  addresses: string[]
}

/** What was found of a name: its records, and whether this platform answers there. */
export type DomainLead = {
  host: string
  leadsHere: boolean
  addresses: string[]
  alias: string | null
  /** In words, as the end of a sentence about the name. */
  found: string
  /** What would lead it here. */
  record: { type: 'A' | 'AAAA' | 'CNAME'; name: string; value: string }
}

export type LiveFailure = { error: ErrorRecord }

export type LiveOutcome = { error: ErrorRecord | null }

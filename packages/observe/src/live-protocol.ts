import type { ErrorRecord, StageEvent } from '@berth/domain'

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
 *   GET  /apps/:id/logs?follow=1&tail=N&instance=web.1   AppLogLine per line, merged in order
 *   POST /apps/:id/publish?version=N     sends the image of that release to the registry, with the token of its
 *                                        Authorization header; answers 200 at once, and ends with LiveOutcome
 *   GET  /health                         { ok: true }
 */
export interface LiveClient {
  stageEvents(
    id: string,
    options: { after: number; lease: boolean; signal: AbortSignal },
  ): AsyncIterable<StageEvent>
  cancelStage(id: string): Promise<void>
  instances(appId: string): Promise<InstanceView[]>
  logs(appId: string, options: AppLogQuery): AsyncIterable<AppLogLine>
  /** Returns once the image of that release is in the registry. @throws LIVE.NOT_FOUND, IMAGE.NOT_FOUND, REGISTRY.… */
  publishImage(appId: string, version: number, token: string): Promise<void>
  healthy(): Promise<boolean>
}

export type InstanceState = 'starting' | 'running' | 'restarting' | 'crashed' | 'stopping' | 'stopped'

export type InstanceView = {
  /** web.1 */
  name: string
  processType: string
  releaseVersion: number
  containerId: string
  state: InstanceState
  address: string | null
  startedAt: string | null
  restarts: number
  lastExit: { code: number; signal: string | null; outOfMemory: boolean; at: string } | null
  memoryBytes: number | null
  memoryLimitBytes: number | null
  /** Of one core, over the last seconds. */
  cpuFraction: number | null
}

export type AppLogLine = { at: string; instance: string; stream: 'stdout' | 'stderr'; text: string }

export type AppLogQuery = { follow: boolean; tail: number; instance: string | null; signal: AbortSignal }

export type LiveFailure = { error: ErrorRecord }

export type LiveOutcome = { error: ErrorRecord | null }

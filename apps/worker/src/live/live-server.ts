import { chmod, chown, rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { BerthError, type StageEvent, toErrorRecord } from '@berth/domain'
import {
  type AppLogLine,
  detachedRunShape,
  type LiveOutcome,
  liveError,
  trafficQueryShape,
} from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import type { Challenges } from '../certificates/challenges.ts'
import { frontAddress } from '../certificates/front-address.ts'
import type { Cron } from '../cron/cron.ts'
import type { RunningDrains } from '../logs/open-drains.ts'
import type { Metrics } from '../metrics/open-metrics.ts'
import type { OneOffs } from '../one-off/one-offs.ts'
import type { Parts } from '../parts.ts'
import { cancelStage } from '../stages/cancel-stage.ts'
import type { Leases } from '../stages/leases.ts'
import type { RunningStages } from '../stages/running-stages.ts'
import { completeLog, findStage } from '../stages/settle-stage.ts'
import { availableReleases } from './available-releases.ts'
import { compareReleases } from './compare-releases.ts'
import { openCpuSamples } from './cpu-samples.ts'
import { instanceViews } from './instance-views.ts'
import { publishImage } from './publish-image.ts'
import { readBody } from './read-body.ts'
import { type LiveRequest, readRequest } from './read-request.ts'
import { attachServer } from './serve-attach.ts'
import { verifyDomain } from './verify-domain.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const { createServer } = process.getBuiltinModule('node:http')

/**
 * The worker's side of packages/observe/src/live-protocol.ts. Who may connect is the socket's mode (0660, group berth); who
 * may see what was asked before, by the API. Streams are bounded in number, and wait for their readers.
 */
export type LiveServer = { close(): Promise<void> }

export type LiveParts = Parts & {
  keeper: Keeper
  running: RunningStages
  leases: Leases
  oneOffs: OneOffs
  cron: Pick<Cron, 'begin'>
  challenges: Challenges
  metrics: Pick<Metrics, 'plot' | 'traffic' | 'machine' | 'snapshot'>
  runningDrains: RunningDrains
  isHealthy(): boolean
}

export const mostStreams = 300

export async function openLiveServer(parts: LiveParts, socketPath: string, gid: number): Promise<LiveServer> {
  const server = createServer(listener(parts))
  server.maxConnections = mostStreams * 2
  server.on('upgrade', attachServer(parts).upgraded)
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve))
  await chown(socketPath, 0, gid)
  await chmod(socketPath, 0o660)
  return { close: () => closeServer(server) }
}

function listener(parts: LiveParts) {
  const samples = openCpuSamples()
  let streams = 0

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const leaving = new AbortController()
    response.once('close', () => leaving.abort())
    try {
      const asked = readRequest(request.method ?? '', request.url ?? '')
      if (asked === undefined) throw liveError['LIVE.NOT_FOUND']({ what: 'such address' })
      if (streams >= mostStreams) throw liveError['LIVE.BUSY']({ limit: mostStreams })
      streams += 1
      await answer({ ...parts, samples }, asked, response, leaving.signal).finally(() => {
        streams -= 1
      })
    } catch (error) {
      if (!leaving.signal.aborted) fail(parts, response, error)
    }
  }
}

type Answering = LiveParts & { samples: ReturnType<typeof openCpuSamples> }

async function answer(
  parts: Answering,
  asked: LiveRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  switch (asked.kind) {
    case 'health':
      return json(response, { ok: parts.isHealthy() })
    case 'metrics':
      return json(response, await parts.metrics.plot({ appId: asked.appId }, asked.query))
    case 'front-address':
      return late(parts, response, frontAddress(parts))
    case 'traffic':
      return json(response, parts.metrics.traffic(await readBody(response.req, trafficQueryShape)))
    case 'machine':
      return json(response, await parts.metrics.machine())
    case 'snapshot':
      return json(response, await parts.metrics.snapshot())
    case 'instances':
      return json(response, await instanceViews(parts, asked.appId))
    case 'cancel-stage':
      if (!(await cancelStage(parts, asked.id))) throw liveError['LIVE.NOT_FOUND']({ what: 'such stage' })
      response.writeHead(204).end()
      return
    case 'one-offs':
      return json(response, await parts.oneOffs.list(asked.appId))
    case 'run-detached':
      return json(
        response,
        await parts.oneOffs.runDetached(asked.appId, await readBody(response.req, detachedRunShape)),
      )
    case 'stop-one-off':
      await parts.oneOffs.stop(asked.appId, asked.name)
      response.writeHead(204).end()
      return
    case 'begin-cron-run':
      await parts.cron.begin(asked.appId, asked.runId)
      response.writeHead(204).end()
      return
    case 'verify-domain':
      return late(parts, response, verifyDomain(parts, asked))
    case 'attach':
      throw liveError['LIVE.NOT_FOUND']({ what: 'such address without an upgrade' })
    case 'available-releases':
      return json(response, await availableReleases(parts, asked.appId))
    case 'comparison':
      return late(parts, response, compareReleases(parts, asked, signal))
    case 'publish':
      return publish(parts, asked, response, signal)
    case 'logs':
      return stream(response, await parts.appLogs.follow(asked.appId, asked.query, signal), signal)
    case 'drains':
      return json(response, parts.runningDrains.states(asked.appId))
    case 'look-at-drains':
      await parts.runningDrains.look()
      response.writeHead(204).end()
      return
    case 'test-drain':
      return late(
        parts,
        response,
        parts.runningDrains.test(asked.appId, asked.drainId).then(() => ({ error: null })),
      )
    case 'log-page':
      return json(response, await parts.appLogs.page(asked.appId, asked.query, signal))
    case 'stage-events':
      return stageEvents(parts, asked, response, signal)
  }
}

/** It may take longer than anybody waits for an answer: the answer begins at once, and ends with what came of it. */
async function late(parts: Answering, response: ServerResponse, work: Promise<object>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const value = await work.catch((error: unknown) => {
    if (!(error instanceof BerthError)) parts.report('the live socket', error)
    return { error: toErrorRecord(error) }
  })
  response.end(JSON.stringify(value))
}

/** It may take longer than anybody waits for an answer: the answer begins at once, and says at its end how it went. */
async function publish(
  parts: Answering,
  { appId, version }: Extract<LiveRequest, { kind: 'publish' }>,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const token = /^Bearer (\S+)$/.exec(response.req.headers.authorization ?? '')?.[1] ?? ''
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const outcome: LiveOutcome = await publishImage(parts, { appId, version, token }, signal).then(
    () => ({ error: null }),
    (error: unknown) => {
      if (!(error instanceof BerthError)) parts.report('publishing an image', error)
      return { error: toErrorRecord(error) }
    },
  )
  response.end(JSON.stringify(outcome))
}

async function stageEvents(
  parts: Answering,
  { id, after, lease }: Extract<LiveRequest, { kind: 'stage-events' }>,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const giveBack = lease ? parts.leases.hold(id) : undefined
  try {
    if (!parts.running.isRunning(id) && !(await parts.logs.hasEnded(id))) await assertStage(parts, id)
    const events = parts.logs.follow(id, after, signal)
    await stream(response, lease ? expectingNext(parts.leases, events) : events, signal)
  } finally {
    giveBack?.()
  }
}

/** Who waits for a build has to come for its deployment too. */
async function* expectingNext(leases: Leases, events: AsyncIterable<StageEvent>): AsyncIterable<StageEvent> {
  for await (const event of events) {
    if (event.kind === 'ended' && event.next !== null) leases.expect(event.next)
    yield event
  }
}

/** A stage that is over, but whose log a crash left without an end, gets it now. */
async function assertStage(parts: Answering, id: string): Promise<void> {
  const stage = await findStage(parts, id)
  if (stage === null) throw liveError['LIVE.NOT_FOUND']({ what: 'such stage' })
  await completeLog(parts, stage)
}

async function stream(
  response: ServerResponse,
  values: AsyncIterable<StageEvent | AppLogLine>,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
  for await (const value of values) {
    if (signal.aborted) return
    if (!response.write(`${JSON.stringify(value)}\n`)) await drained(response)
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

const statuses: Readonly<Record<string, number>> = {
  'LOG.BAD_PATTERN': 400,
  'LIVE.NOT_FOUND': 404,
  'LIVE.BUSY': 503,
}

function fail(parts: LiveParts, response: ServerResponse, error: unknown): void {
  const expected = error instanceof BerthError
  if (!expected) parts.report('the live socket', error)
  // A stream that breaks off tells its reader that the rest is missing.
  if (response.headersSent) return void response.destroy()
  const status = expected ? (statuses[error.code] ?? 502) : 500
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: toErrorRecord(error) }))
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}

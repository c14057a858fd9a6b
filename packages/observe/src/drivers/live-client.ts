import type { IncomingMessage } from 'node:http'
import { fromErrorRecord, isBerthError, type StageEvent } from '@berth/domain'
import { z } from 'zod'
import type { AppLogLine, AppLogQuery } from '../app-log/app-log-line.ts'
import { attachProtocol } from '../attach-protocol.ts'
import { liveError } from '../errors.ts'
import { type FrameStream, frameStream } from '../frame-stream.ts'
import type { InstanceView, LiveClient } from '../live-protocol.ts'
import {
  appLogLineShape,
  domainLeadShape,
  drainStateShape,
  frontAddressShape,
  instanceViewShape,
  liveFailureShape,
  liveOutcomeShape,
  logPageShape,
  oneOffNameShape,
  oneOffViewShape,
  stageEventShape,
} from '../live-shapes.ts'
import { machineViewShape } from '../metrics/machine-view.ts'
import { plotShape } from '../metrics/plot.ts'
import { trafficLinesShape } from '../metrics/read-traffic.ts'
import { snapshotShape } from '../metrics/snapshot.ts'
import { releaseComparisonShape } from '../release-comparison.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const { request } = process.getBuiltinModule('node:http')

/** An answer that is read as a whole may have so much. */
const maxBodyBytes = 8 * 1024 * 1024
/** One line of a stream: twice what a full text of a stage event takes, escaped. */
const maxLineBytes = 256 * 1024
const answerTimeoutMs = 10_000

/** The worker's live socket. Each call is a connection of its own; an aborted signal ends a stream without an error. */
export function openLiveClient(socketPath: string): LiveClient {
  const ask = (method: string, path: string, signal?: AbortSignal) =>
    send({ socketPath, method, path, signal })

  async function* stageEvents(
    id: string,
    options: { after: number; lease: boolean; signal: AbortSignal },
  ): AsyncIterable<StageEvent> {
    const query = `after=${options.after}${options.lease ? '&lease=1' : ''}`
    const path = `/stages/${encodeURIComponent(id)}/events?${query}`
    for await (const event of stream(
      () => ask('GET', path, options.signal),
      stageEventShape,
      options.signal,
    )) {
      yield event
      if (event.kind === 'ended') return
    }
    if (!options.signal.aborted) throw liveError['LIVE.UNAVAILABLE']({ reason: 'the stream broke off' })
  }

  function logs(appId: string, options: AppLogQuery): AsyncIterable<AppLogLine> {
    const { tail, follow, after, filter } = options
    const query = words({ tail, follow: follow ? 1 : null, after, ...filter })
    const path = `/apps/${encodeURIComponent(appId)}/logs?${query}`
    return stream(() => ask('GET', path, options.signal), appLogLineShape, options.signal)
  }

  return {
    stageEvents,
    logs,
    drains: async (appId) => {
      const answer = await ask('GET', `/apps/${encodeURIComponent(appId)}/drains`)
      return parse(await body(answer), z.array(drainStateShape))
    },
    lookAtDrains: async (appId) => {
      await body(await ask('POST', `/apps/${encodeURIComponent(appId)}/drains`))
    },
    testDrain: async (appId, drainId) => {
      const path = `/apps/${encodeURIComponent(appId)}/drains/${encodeURIComponent(drainId)}/test`
      const { error } = parse(await body(await ask('POST', path)), liveOutcomeShape)
      if (error !== null) throw fromErrorRecord(error)
    },
    logPage: async (appId, { before, after, limit, filter }) => {
      const query = words({ before, after, limit, ...filter })
      const answer = await ask('GET', `/apps/${encodeURIComponent(appId)}/log-pages?${query}`)
      return parse(await body(answer), logPageShape)
    },
    cancelStage: async (id) => {
      await body(await ask('POST', `/stages/${encodeURIComponent(id)}/cancel`))
    },
    instances: async (appId): Promise<InstanceView[]> => {
      const answer = await ask('GET', `/apps/${encodeURIComponent(appId)}/instances`)
      return parse(await body(answer), z.array(instanceViewShape))
    },
    availableReleases: async (appId) => {
      const answer = await ask('GET', `/apps/${encodeURIComponent(appId)}/available-releases`)
      return parse(await body(answer), z.array(z.number()))
    },
    compareReleases: async (appId, { from, to }) => {
      const path = `/apps/${encodeURIComponent(appId)}/comparison?from=${from}&to=${to}`
      const answer = parse(await body(await ask('GET', path)), releaseComparisonShape.or(liveFailureShape))
      if ('error' in answer) throw fromErrorRecord(answer.error)
      return answer
    },
    publishImage: async (appId, version, token) => {
      const path = `/apps/${encodeURIComponent(appId)}/publish?version=${version}`
      const answer = await send({ socketPath, method: 'POST', path, signal: undefined, token })
      const { error } = parse(await body(answer), liveOutcomeShape)
      if (error !== null) throw fromErrorRecord(error)
    },
    attach: (appId) => upgrade(socketPath, `/apps/${encodeURIComponent(appId)}/attach`),
    oneOffs: async (appId) => {
      const answer = await ask('GET', `/apps/${encodeURIComponent(appId)}/one-offs`)
      return parse(await body(answer), z.array(oneOffViewShape))
    },
    runDetached: async (appId, run) => {
      const path = `/apps/${encodeURIComponent(appId)}/one-offs`
      const sent = JSON.stringify(run)
      const answer = await send({ socketPath, method: 'POST', path, signal: undefined, body: sent })
      return parse(await body(answer), oneOffNameShape)
    },
    stopOneOff: async (appId, name) => {
      const path = `/apps/${encodeURIComponent(appId)}/one-offs/${encodeURIComponent(name)}/stop`
      await body(await ask('POST', path))
    },
    beginCronRun: async (appId, runId) => {
      const path = `/apps/${encodeURIComponent(appId)}/cron/${encodeURIComponent(runId)}`
      await body(await ask('POST', path))
    },
    verifyDomain: async (appId, host) => {
      const path = `/apps/${encodeURIComponent(appId)}/domains/${encodeURIComponent(host)}/verify`
      const answer = parse(await body(await ask('POST', path)), domainLeadShape.or(liveFailureShape))
      if ('error' in answer) throw fromErrorRecord(answer.error)
      return answer
    },
    frontAddress: async () => parse(await body(await ask('GET', '/front-address')), frontAddressShape),
    plot: async (appId, query) => {
      const path = `/apps/${encodeURIComponent(appId)}/metrics?${words(query)}`
      return parse(await body(await ask('GET', path)), plotShape)
    },
    traffic: async (query) => {
      const sent = JSON.stringify(query)
      const answer = await send({
        socketPath,
        method: 'POST',
        path: '/traffic',
        signal: undefined,
        body: sent,
      })
      return parse(await body(answer), trafficLinesShape)
    },
    machine: async () => parse(await body(await ask('GET', '/machine')), machineViewShape),
    snapshot: async () => parse(await body(await ask('GET', '/snapshot')), snapshotShape),
    healthy: async () => {
      try {
        const answer = await ask('GET', '/health')
        return parse(await body(answer), z.object({ ok: z.boolean() })).ok
      } catch (error) {
        if (isBerthError(error)) return false
        throw error
      }
    },
  }
}

/** What is null is not said; several have commas between. */
function words(said: Record<string, string | number | readonly string[] | null>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(said)) if (value !== null) query.set(name, String(value))
  return query
}

type Ask = {
  socketPath: string
  method: string
  path: string
  signal: AbortSignal | undefined
  token?: string
  body?: string
}

/** @throws LIVE.UNAVAILABLE, or what the worker answered */
async function send({ socketPath, method, path, signal, token, body: sent }: Ask): Promise<IncomingMessage> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const asking = request({ socketPath, method, path, signal, agent: false, headers })
    const tooLate = setTimeout(() => asking.destroy(new Error('no answer in 10 s')), answerTimeoutMs)
    asking.once('close', () => clearTimeout(tooLate))
    asking.once('response', (response) => {
      clearTimeout(tooLate)
      resolve(response)
    })
    asking.once('error', (error) => reject(signal?.aborted ? error : unavailable(error)))
    asking.end(sent)
  })
  if ((answer.statusCode ?? 500) < 300) return answer
  throw fromErrorRecord(parse(await body(answer), liveFailureShape).error)
}

/** @throws LIVE.UNAVAILABLE, or what the worker answered in place of frames */
async function upgrade(socketPath: string, path: string): Promise<FrameStream> {
  const headers = { connection: 'upgrade', upgrade: attachProtocol }
  const answered = await new Promise<FrameStream | IncomingMessage>((resolve, reject) => {
    const asking = request({ socketPath, path, agent: false, headers })
    const tooLate = setTimeout(() => asking.destroy(new Error('no answer in 10 s')), answerTimeoutMs)
    asking.once('close', () => clearTimeout(tooLate))
    asking.once('upgrade', (_answer, socket, head) => {
      clearTimeout(tooLate)
      resolve(frameStream(socket, head))
    })
    asking.once('response', resolve)
    asking.once('error', (error) => reject(unavailable(error)))
    asking.end()
  })
  if ('frames' in answered) return answered
  throw fromErrorRecord(parse(await body(answered), liveFailureShape).error)
}

async function body(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) throw liveError['LIVE.UNREADABLE']({ what: 'it is too long' })
      chunks.push(chunk)
    }
  } catch (error) {
    throw isBerthError(error) ? error : unavailable(error)
  }
  return Buffer.concat(chunks).toString()
}

/** The lines of an NDJSON answer, as values. Breaking out of the loop closes the connection. */
async function* stream<Value>(
  ask: () => Promise<IncomingMessage>,
  shape: z.ZodType<Value>,
  signal: AbortSignal,
): AsyncIterable<Value> {
  let answer: IncomingMessage | undefined
  try {
    answer = await ask()
    for await (const line of lines(answer)) yield parse(line, shape)
  } catch (error) {
    if (signal.aborted) return
    throw isBerthError(error) ? error : unavailable(error)
  } finally {
    answer?.destroy()
  }
}

async function* lines(answer: IncomingMessage): AsyncIterable<string> {
  let rest = Buffer.alloc(0)
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk])
    const whole = rest.lastIndexOf(0x0a) + 1
    if (rest.length - whole > maxLineBytes) throw liveError['LIVE.UNREADABLE']({ what: 'a line is too long' })
    for (const line of rest.toString('utf8', 0, whole).split('\n')) if (line !== '') yield line
    rest = rest.subarray(whole)
  }
}

function parse<Value>(text: string, shape: z.ZodType<Value>): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw liveError['LIVE.UNREADABLE']({ what: 'it is not JSON' }, { cause: error })
  }
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  throw liveError['LIVE.UNREADABLE']({ what: 'its shape is another' }, { cause: parsed.error })
}

function unavailable(error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException
  return liveError['LIVE.UNAVAILABLE']({ reason: code ?? message }, { cause: error })
}

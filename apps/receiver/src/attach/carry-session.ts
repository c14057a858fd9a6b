import { setTimeout as sleep } from 'node:timers/promises'
import { type App, type AuditEnding, type ErrorRecord, isBerthError } from '@berth/domain'
import {
  type AttachBegin,
  decodeClientFrame,
  decodeWorkerFrame,
  encodeWorkerFrame,
  type FrameStream,
} from '@berth/observe'
import type { RawData, WebSocket } from 'ws'
import { audited, endOf } from '../audit-visit.ts'
import type { From, Visitor } from '../doors.ts'
import type { ReceiverParts } from '../parts.ts'
import { attachError } from './errors.ts'

export type Session = {
  visitor: Visitor
  app: App
  from: From
  /** Asked again while it lasts. */
  mayStill(): Promise<boolean>
}

/** Twice within the minute in which a right that was taken away must have ended a session. */
const askedAgainEveryMs = 25_000
/** Well below any limit of silence between here and there; three that nobody answers are a connection that is gone. */
const pingEveryMs = 15_000
const mostUnanswered = 3
/** What waits to be passed on, either way, before the side it comes from is made to wait. */
const mostWaitingBytes = 512 * 1024

/** Passes frames on between a person and the worker, until one of the two has ended or the person may not any more. */
export async function carrySession(parts: ReceiverParts, ws: WebSocket, session: Session): Promise<void> {
  const { live, closing } = parts
  const worker = await live.attach(session.app.id)
  const ending = new AbortController()
  const end = (reason: unknown) => ending.abort(reason)
  const stopPings = keepAlive(ws, () => end(gone))
  const closingSignal = AbortSignal.any([closing, ending.signal])
  ws.once('close', () => end(gone))
  ws.once('error', () => end(gone))
  const course = openCourse()
  try {
    takeMessages(ws, (frame) => take(parts, frame, { session, worker, course }), end)
    void askAgain(session, ending.signal).catch(end)
    await Promise.race([passOn(worker, ws, course), aborted(closingSignal)])
    if (closing.aborted) throw attachError['ATTACH.LOST']()
    if (ending.signal.aborted && ending.signal.reason !== gone) throw ending.signal.reason
    course.end({ outcome: 'done', how: { end: 'left' } })
  } catch (error) {
    course.end({ ...endOf(error), how: {} })
    throw error
  } finally {
    stopPings()
    end(gone)
    worker.end()
    // The worker hears of the end as of a lost connection, and ends what runs.
    await Promise.race([worker.over, sleep(lettingGoMs, undefined, { ref: false })])
    worker.destroy()
    await course.writtenDown
  }
}

const lettingGoMs = 2_000
const gone = Symbol('the client has gone')

/** In the order in which they come. Until now the connection was not read, so that none is lost. */
function takeMessages(
  ws: WebSocket,
  take: (frame: Buffer) => Promise<void>,
  end: (reason: unknown) => void,
): void {
  let waitingBytes = 0
  let last = Promise.resolve()
  ws.on('message', (data: RawData, isBinary) => {
    const frame = isBinary ? (data as Buffer) : Buffer.alloc(0)
    const cost = frame.length + 64
    waitingBytes += cost
    if (waitingBytes > mostWaitingBytes) ws.pause()
    last = last
      .then(() => take(frame))
      .catch(end)
      .then(() => {
        waitingBytes -= cost
        if (waitingBytes <= mostWaitingBytes) ws.resume()
      })
  })
  ws.resume()
}

/** @throws ATTACH.BAD_FRAME */
async function take(
  parts: ReceiverParts,
  frame: Buffer,
  { session, worker, course }: { session: Session; worker: FrameStream; course: Course },
): Promise<void> {
  const said = decodeClientFrame(frame)
  if (said.kind !== 'begin') return worker.send(frame)
  const { visitor, from, app } = session
  const told = toldOf(said.begin)
  const doing = { visitor, from: { ...from, door: 'attach' as const }, app, ...told }
  const follow = async () => {
    await worker.send(frame)
    return course.ended
  }
  const written = audited(parts, doing, follow, ({ how, ...ending }) => ({
    ...ending,
    after: { ...told.after, ...how },
  }))
  course.writtenDown = written.then(noted, noted)
  // What cannot be written down does not begin; what is said next waits until it has.
  await Promise.race([written, course.begun])
}

/** How a session goes, for the audit log: its entry is ended when it is over. */
type Course = {
  begun: Promise<void>
  ended: Promise<Over>
  begin(): void
  /** The first word counts. */
  end(over: Over): void
  writtenDown: Promise<void>
}

/** `how`: the exit of what ran, or that its person left. */
type Over = Pick<AuditEnding, 'outcome' | 'error'> & { how: { exit?: number | string; end?: 'left' } }

const noted = () => undefined

function openCourse(): Course {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<Over>()]
  return {
    begun: begun.promise,
    ended: ended.promise,
    begin: begun.resolve,
    end: ended.resolve,
    writtenDown: Promise.resolve(),
  }
}

/** Of the command no more than its first word: what stands behind it may be a password. */
function toldOf({ what, command, instance }: AttachBegin) {
  const program = command[0]?.split(/\s/)[0]?.slice(0, 100)
  return {
    action: what,
    after: { ...(program ? { program } : {}), ...(instance === null ? {} : { instance }) },
  }
}

/** What the worker says, no faster than it is taken. Ends with the last frame. @throws ATTACH.LOST */
async function passOn(worker: FrameStream, ws: WebSocket, course: Course): Promise<void> {
  for await (const frame of worker.frames) {
    if (ws.readyState !== ws.OPEN) return
    await sent(ws, frame)
    const said = decodeWorkerFrame(frame)
    if (said.kind === 'begun') course.begin()
    if (said.kind === 'failed') course.end({ ...refusalOf(said.error), how: {} })
    if (said.kind === 'exit')
      course.end({ outcome: 'done', how: { exit: said.exit.signal ?? said.exit.code } })
    if (said.kind === 'exit' || said.kind === 'failed') return
  }
  throw attachError['ATTACH.LOST']()
}

function refusalOf({ fault, code }: ErrorRecord): Pick<AuditEnding, 'outcome' | 'error'> {
  return { outcome: fault === 'user' ? 'refused' : 'failed', error: code }
}

function sent(ws: WebSocket, frame: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const waits = ws.bufferedAmount > mostWaitingBytes
    // One that is gone tells of it by its end.
    ws.send(frame, () => resolve())
    if (!waits) resolve()
  })
}

/** A database that is just away takes no right away; for how long, is bounded. @throws ATTACH.REVOKED */
async function askAgain({ mayStill }: Session, signal: AbortSignal): Promise<void> {
  for (let unanswered = 0; !signal.aborted; ) {
    await sleep(askedAgainEveryMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    const may = await mayStill().catch((error: unknown) => {
      unanswered += 1
      if (unanswered > mostUnanswered || !isBerthError(error) || !error.retryable) throw error
      return null
    })
    if (may === false) throw attachError['ATTACH.REVOKED']()
    if (may) unanswered = 0
  }
}

function keepAlive(ws: WebSocket, lost: () => void): () => void {
  let unanswered = 0
  ws.on('pong', () => {
    unanswered = 0
  })
  const timer = setInterval(() => {
    unanswered += 1
    if (unanswered > mostUnanswered) {
      ws.terminate()
      return lost()
    }
    ws.ping()
    ws.send(encodeWorkerFrame({ kind: 'alive' }))
  }, pingEveryMs)
  return () => clearInterval(timer)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

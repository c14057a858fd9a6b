import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError, toErrorRecord } from '@berth/domain'
import {
  type AttachBegin,
  type ClientFrame,
  decodeClientFrame,
  encodeWorkerFrame,
  type FrameStream,
  liveError,
  openReceiveWindow,
  openSendWindow,
  pieceBytes,
  type WorkerFrame,
} from '@berth/observe'
import type { Joined } from './join-process.ts'
import { pumpInput } from './pump-input.ts'

export type ConverseTimes = {
  /** From the connection's beginning until it says what it wants. */
  beginMs: number
  /** After the other side was lost, until a process that was told so is killed. */
  graceMs: number
  /** What has ended may still print so long, where something that it left behind holds its output open. */
  silenceMs: number
  sessionMs: number
}

/**
 * One session, from its first frame to its last: carries frames to a process and what it prints back. It ends with the
 * process, and then says how; or with the connection, the session's time or the worker (`closing`), and then the
 * process is told to end (as a terminal that is closed tells it) and killed after a grace time. Either way nothing of it is
 * left when this returns.
 */
export async function converse(
  stream: FrameStream,
  join: (begin: AttachBegin) => Promise<Joined>,
  { times, closing, report }: { times: ConverseTimes; closing: AbortSignal; report(error: unknown): void },
): Promise<void> {
  const send = (frame: WorkerFrame) => stream.send(encodeWorkerFrame(frame))
  const frames = stream.frames[Symbol.asyncIterator]()
  try {
    const begin = await firstFrame(frames, times.beginMs)
    if (begin === null) return
    const joined = await join(begin)
    try {
      await talk({ stream, frames, joined, begin, send, times, closing })
    } finally {
      await joined.remove()
    }
  } catch (error) {
    if (!isBerthError(error)) report(error)
    await send({ kind: 'failed', error: toErrorRecord(error) })
  } finally {
    stream.end()
    // Whoever does not take the end of it is let go of all the same.
    await Promise.race([stream.over, sleep(times.beginMs, undefined, { ref: false })])
    stream.destroy()
  }
}

type Frames = AsyncIterator<Uint8Array>

/** Null: the other side has gone. @throws ATTACH.BAD_FRAME */
async function firstFrame(frames: Frames, withinMs: number): Promise<AttachBegin | null> {
  const late = sleep(withinMs, 'late' as const, { ref: false })
  const next = await Promise.race([frames.next(), late])
  if (next === 'late') throw liveError['ATTACH.BAD_FRAME']({ why: 'nothing was asked for in time' })
  if (next.done) return null
  const frame = decodeClientFrame(next.value)
  if (frame.kind !== 'begin')
    throw liveError['ATTACH.BAD_FRAME']({ why: 'it came before anything was asked for' })
  return frame.begin
}

type Talk = {
  stream: FrameStream
  frames: Frames
  joined: Joined
  begin: AttachBegin
  send(frame: WorkerFrame): Promise<void>
  times: ConverseTimes
  closing: AbortSignal
}

async function talk(given: Talk): Promise<void> {
  const { joined, send, times, closing, begin } = given
  const { attachment } = joined
  await send({ kind: 'begun', name: joined.name })
  const lost = new AbortController()
  const room = openSendWindow()
  const hearing = hear(given, room).then(
    () => lost.abort(),
    (error: unknown) => lost.abort(error),
  )
  const tooLong = AbortSignal.timeout(times.sessionMs)
  const over = AbortSignal.any([lost.signal, tooLong, closing])
  const printing = print(given, room, over)
  // Whoever waits for it is told; until then nobody does.
  printing.done.catch(() => undefined)
  const exit = await Promise.race([attachment.exit, aborted(over)])
  if (exit === undefined) {
    await endProcess(joined, {
      terminal: begin.terminal !== null,
      graceMs: closing.aborted ? 0 : times.graceMs,
    })
    if (lost.signal.aborted) {
      await hearing
      if (isBerthError(lost.signal.reason)) throw lost.signal.reason
      return
    }
    throw closing.aborted ? closing.reason : liveError['ATTACH.TOO_LONG']({ limitMs: times.sessionMs })
  }
  await joined.ended()
  await printing.rest(times.silenceMs)
  await send({ kind: 'exit', exit })
}

/** What the other side says, until it says no more. @throws ATTACH.BAD_FRAME */
async function hear(
  { frames, joined, begin, send }: Talk,
  room: ReturnType<typeof openSendWindow>,
): Promise<void> {
  const { attachment } = joined
  const window = openReceiveWindow()
  const input = pumpInput(attachment.input, {
    isTerminal: begin.terminal !== null,
    taken: (bytes) => {
      const told = window.done(bytes)
      if (told > 0) void send({ kind: 'window', bytes: told })
    },
  })
  try {
    for (let next = await frames.next(); !next.done; next = await frames.next()) {
      const frame = decodeClientFrame(next.value)
      if (frame.kind === 'input') {
        window.came(frame.bytes.length)
        input.put(frame.bytes)
      } else if (frame.kind === 'input-end') input.end()
      else if (frame.kind === 'window') room.add(frame.bytes)
      else await obey(attachment, frame)
    }
  } finally {
    input.stop()
  }
}

/** A process that has ended by now neither hears nor has a size. */
async function obey(
  attachment: Joined['attachment'],
  frame: Exclude<ClientFrame, { kind: 'input' | 'input-end' | 'window' }>,
): Promise<void> {
  try {
    if (frame.kind === 'resize') await attachment.resize(frame.size)
    else if (frame.kind === 'signal') await attachment.signal(frame.name)
    else throw liveError['ATTACH.BAD_FRAME']({ why: 'it asks for a second command' })
  } catch (error) {
    if (!isBerthError(error, 'CONTAINER.NOT_RUNNING', 'CONTAINER.NOT_FOUND', 'CONTAINER.NO_TERMINAL'))
      throw error
  }
}

/**
 * What the process prints, no faster than the other side has room for. Once `over`, it is read and thrown away, so
 * that a process can end that is just printing.
 */
function print({ joined, send }: Talk, room: ReturnType<typeof openSendWindow>, over: AbortSignal) {
  const { attachment } = joined
  let waitsSince: number | null = null
  const pump = async () => {
    for (;;) {
      waitsSince = Date.now()
      const { done, value } = await output.next()
      waitsSince = null
      if (done) return
      for (let at = 0; at < value.bytes.length && !over.aborted; at += pieceBytes) {
        const bytes = value.bytes.subarray(at, at + pieceBytes)
        const hasRoom = await room.take(bytes.length, over).then(
          () => true,
          () => false,
        )
        if (hasRoom) await send({ kind: value.stream, bytes })
      }
    }
  }
  const output = attachment.output[Symbol.asyncIterator]()
  let isDone = false
  const done = pump().finally(() => {
    isDone = true
  })
  return {
    done,
    /** The process has ended: what it printed before is still sent. */
    async rest(silenceMs: number): Promise<void> {
      while (!isDone && !over.aborted) {
        if (waitsSince !== null && Date.now() - waitsSince > silenceMs) {
          await attachment.close()
          break
        }
        await Promise.race([done, sleep(50, undefined, { ref: false })])
      }
      if (!over.aborted) await done
    },
  }
}

/** Told as by a terminal that is closed, or as by a shell that ends its jobs; killed by who removes it. */
async function endProcess(
  { attachment }: Joined,
  { terminal, graceMs }: { terminal: boolean; graceMs: number },
): Promise<void> {
  if (graceMs === 0) return
  await attachment.signal(terminal ? 'SIGHUP' : 'SIGTERM')
  await Promise.race([attachment.exit, sleep(graceMs, undefined, { ref: false })])
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

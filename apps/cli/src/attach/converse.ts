import {
  type AttachBegin,
  type AttachSignal,
  openReceiveWindow,
  openSendWindow,
  pieceBytes,
} from '@berth/observe'
import { written } from '../engine/converse.ts'
import { cliError } from '../errors.ts'
import type { Session } from './open-session.ts'

/** As shells count, of a process that ended because nobody reads what it prints. */
const brokenPipe = 141
/** Of one that was told to end by Ctrl-C, and was not waited for. */
const interrupted = 130
const enoughInterrupts = 3

/**
 * Joins this terminal, or these pipes, to a process far away until it ends; returns its exit code. Ctrl-C goes to the
 * process: on a terminal as a key, else as a signal. Said three times, it is not waited for.
 */
export async function converse(session: Session, begin: AttachBegin): Promise<number> {
  const over = new AbortController()
  const room = openSendWindow()
  const gaveUp = Promise.withResolvers<number>()
  const stops = [
    passSignalsOn(session, () => gaveUp.resolve(interrupted)),
    begin.terminal === null ? nothing : followWindow(session),
  ]
  session.send({ kind: 'begin', begin })
  if (begin.input)
    stops.push(readInput(session, { room, terminal: begin.terminal !== null, signal: over.signal }))
  try {
    return await Promise.race([untilExit(session, room), gaveUp.promise])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return brokenPipe
    throw error
  } finally {
    over.abort()
    for (const stop of stops) stop()
    session.close()
  }
}

async function untilExit(session: Session, room: ReturnType<typeof openSendWindow>): Promise<number> {
  const window = openReceiveWindow()
  // A pipe that is closed is told of by each write.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', nothing)
  for await (const frame of session.frames) {
    if (frame.kind === 'stdout' || frame.kind === 'stderr') {
      window.came(frame.bytes.length)
      await written(frame.kind === 'stderr' ? process.stderr : process.stdout, frame.bytes)
      const told = window.done(frame.bytes.length)
      if (told > 0) session.send({ kind: 'window', bytes: told })
    } else if (frame.kind === 'window') room.add(frame.bytes)
    else if (frame.kind === 'exit') return frame.exit.code
  }
  throw cliError['CLI.SESSION_LOST']()
}

function readInput(
  session: Session,
  {
    room,
    terminal,
    signal,
  }: { room: ReturnType<typeof openSendWindow>; terminal: boolean; signal: AbortSignal },
): () => void {
  const { stdin } = process
  const isRaw = terminal && stdin.isTTY
  if (isRaw) stdin.setRawMode(true)
  const pump = async () => {
    for await (const bytes of stdin as AsyncIterable<Buffer>) {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes)
        await room.take(piece.length, signal)
        session.send({ kind: 'input', bytes: piece })
      }
    }
    session.send({ kind: 'input-end' })
  }
  // An input that cannot be read has ended, for the process too.
  pump().catch(() => signal.aborted || session.send({ kind: 'input-end' }))
  return () => {
    if (isRaw) stdin.setRawMode(false)
    // Else the open input would keep this process from ending.
    stdin.destroy()
  }
}

function followWindow(session: Session): () => void {
  const tell = () => {
    const { columns, rows } = process.stdout
    if (columns > 0 && rows > 0) session.send({ kind: 'resize', size: { columns, rows } })
  }
  process.stdout.on('resize', tell)
  return () => void process.stdout.off('resize', tell)
}

function passSignalsOn(session: Session, giveUp: () => void): () => void {
  let said = 0
  const pass = (name: NodeJS.Signals) => {
    said += 1
    if (said >= enoughInterrupts) giveUp()
    else session.send({ kind: 'signal', name: name as AttachSignal })
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.off(signal, pass)
  }
}

function nothing(): void {}

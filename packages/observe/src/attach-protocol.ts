import type { ErrorRecord } from '@berth/domain'
import { z } from 'zod'
import { liveError } from './errors.ts'
import { errorRecordShape } from './live-shapes.ts'

/**
 * What is said while somebody is attached to a process (`berth run`, `exec`, `console`, a terminal in the browser):
 *
 *   client ──WebSocket──► receiver ──the worker's Unix socket──► worker ──► engine
 *
 * A frame is a byte that says its kind, and a payload of 64 KB at most. On a WebSocket each binary message is one frame,
 * and the subprotocol names the version: `berth.attach.1`. On the worker's socket, after an upgrade of that name, the
 * frame's length stands before it in four bytes, the highest first.
 *
 *   from the client                                    from the worker
 *    1 begin      JSON AttachBegin, first and once      17 begun     JSON { name }
 *    2 input      bytes                                 18 stdout    bytes
 *    3 input-end  –                                     19 stderr    bytes
 *    4 resize     columns, rows: two bytes each         20 window    as the client's
 *    5 signal     a name of `attachSignals`             21 exit      JSON { code, signal }, the last
 *    6 window     four bytes: so many more may come     22 failed    JSON ErrorRecord, the last
 *                                                       23 alive     every 15 s, from the receiver
 *
 * Neither side sends more bytes of input or output than the other has room for: 256 KB to begin with, and what `window`
 * adds. So nobody's memory grows with what a process prints, and keys and signals pass by whatever waits. Who
 * sends more, or what has no meaning here, is cut off (ATTACH.BAD_FRAME). It runs in a browser as well: no Buffer.
 */
export const attachProtocol = 'berth.attach.1'
/** A browser asks for this as well, with its ticket behind it: it can send no header. The answer does not repeat it. */
export const ticketProtocol = 'berth.ticket.'
export const maxPayloadBytes = 64 * 1024
export const firstWindowBytes = 256 * 1024
/** One piece of input or output. */
export const pieceBytes = 32 * 1024

export type TerminalSize = { columns: number; rows: number }

/**
 * What a session is about. `command` is a list of words; one word alone that holds blanks is read as a Procfile's line. None, of
 * `exec`: the best shell that the image has.
 */
export type AttachBegin = {
  /** `console`: the Procfile's type of that name, or a shell that the image has. */
  what: 'run' | 'exec' | 'console'
  command: string[]
  /** Of `exec`: web.1. */
  instance: string | null
  /** False: in place of the image's ENTRYPOINT instead of behind it. */
  entrypoint: boolean
  terminal: TerminalSize | null
  /** False: its input is at its end from the beginning. */
  input: boolean
}

export type AttachExit = { code: number; signal: string | null }

export type ClientFrame =
  | { kind: 'begin'; begin: AttachBegin }
  | { kind: 'input'; bytes: Uint8Array }
  | { kind: 'input-end' }
  | { kind: 'resize'; size: TerminalSize }
  | { kind: 'signal'; name: AttachSignal }
  | { kind: 'window'; bytes: number }

export type WorkerFrame =
  | { kind: 'begun'; name: string }
  | { kind: 'stdout'; bytes: Uint8Array }
  | { kind: 'stderr'; bytes: Uint8Array }
  | { kind: 'window'; bytes: number }
  | { kind: 'exit'; exit: AttachExit }
  | { kind: 'failed'; error: ErrorRecord }
  | { kind: 'alive' }

/** What keys and shells send to a process that has no terminal. */
export const attachSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
export type AttachSignal = (typeof attachSignals)[number]

const clientKinds = { begin: 1, input: 2, 'input-end': 3, resize: 4, signal: 5, window: 6 } as const
const workerKinds = {
  begun: 17,
  stdout: 18,
  stderr: 19,
  window: 20,
  exit: 21,
  failed: 22,
  alive: 23,
} as const

const side = z.int().min(1).max(10_000)
const sizeShape = z.object({ columns: side, rows: side })
const beginShape: z.ZodType<AttachBegin> = z.object({
  what: z.enum(['run', 'exec', 'console']),
  command: z.array(z.string().max(32_768)).max(1_000),
  instance: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}\.[1-9]\d{0,4}$/)
    .nullable(),
  entrypoint: z.boolean(),
  terminal: sizeShape.nullable(),
  input: z.boolean(),
})
const begunShape = z.object({ name: z.string().max(100) })
const exitShape: z.ZodType<AttachExit> = z.object({
  code: z.int().min(0).max(255),
  signal: z.string().max(20).nullable(),
})

export function encodeClientFrame(frame: ClientFrame): Uint8Array {
  const kind = clientKinds[frame.kind]
  switch (frame.kind) {
    case 'begin':
      return framed(kind, json(frame.begin))
    case 'input':
      return framed(kind, frame.bytes)
    case 'input-end':
      return framed(kind, nothing)
    case 'resize':
      return framed(kind, sizeBytes(frame.size))
    case 'signal':
      return framed(kind, textBytes(frame.name))
    case 'window':
      return framed(kind, countBytes(frame.bytes))
  }
}

export function encodeWorkerFrame(frame: WorkerFrame): Uint8Array {
  const kind = workerKinds[frame.kind]
  switch (frame.kind) {
    case 'begun':
      return framed(kind, json({ name: frame.name }))
    case 'stdout':
    case 'stderr':
      return framed(kind, frame.bytes)
    case 'window':
      return framed(kind, countBytes(frame.bytes))
    case 'exit':
      return framed(kind, json(frame.exit))
    case 'failed':
      return framed(kind, json(frame.error))
    case 'alive':
      return framed(kind, nothing)
  }
}

/** @throws ATTACH.BAD_FRAME */
export function decodeClientFrame(frame: Uint8Array): ClientFrame {
  const payload = payloadOf(frame)
  switch (frame[0]) {
    case clientKinds.begin:
      return { kind: 'begin', begin: parsed(payload, beginShape) }
    case clientKinds.input:
      return { kind: 'input', bytes: payload }
    case clientKinds['input-end']:
      return { kind: 'input-end' }
    case clientKinds.resize:
      return { kind: 'resize', size: sizeOf(payload) }
    case clientKinds.signal:
      return { kind: 'signal', name: signalOf(payload) }
    case clientKinds.window:
      return { kind: 'window', bytes: countOf(payload) }
    default:
      throw bad('its kind is unknown')
  }
}

/** @throws ATTACH.BAD_FRAME */
export function decodeWorkerFrame(frame: Uint8Array): WorkerFrame {
  const payload = payloadOf(frame)
  switch (frame[0]) {
    case workerKinds.begun:
      return { kind: 'begun', name: parsed(payload, begunShape).name }
    case workerKinds.stdout:
      return { kind: 'stdout', bytes: payload }
    case workerKinds.stderr:
      return { kind: 'stderr', bytes: payload }
    case workerKinds.window:
      return { kind: 'window', bytes: countOf(payload) }
    case workerKinds.exit:
      return { kind: 'exit', exit: parsed(payload, exitShape) }
    case workerKinds.failed:
      return { kind: 'failed', error: parsed(payload, errorRecordShape) }
    case workerKinds.alive:
      return { kind: 'alive' }
    default:
      throw bad('its kind is unknown')
  }
}

const nothing = new Uint8Array(0)

function framed(kind: number, payload: Uint8Array): Uint8Array {
  if (payload.length > maxPayloadBytes) throw bad('it is too long')
  const frame = new Uint8Array(payload.length + 1)
  frame[0] = kind
  frame.set(payload, 1)
  return frame
}

function payloadOf(frame: Uint8Array): Uint8Array {
  if (frame.length === 0) throw bad('it is empty')
  if (frame.length > maxPayloadBytes + 1) throw bad('it is too long')
  return frame.subarray(1)
}

function json(value: unknown): Uint8Array {
  return textBytes(JSON.stringify(value))
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload)
}

function parsed<Value>(payload: Uint8Array, shape: z.ZodType<Value>): Value {
  let value: unknown
  try {
    value = JSON.parse(textOf(payload))
  } catch (error) {
    throw bad('it is not JSON', error)
  }
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw bad('its shape is another', result.error)
}

function sizeBytes({ columns, rows }: TerminalSize): Uint8Array {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint16(0, columns)
  viewOf(bytes).setUint16(2, rows)
  return bytes
}

function sizeOf(payload: Uint8Array): TerminalSize {
  if (payload.length !== 4) throw bad('its length is wrong')
  const view = viewOf(payload)
  const size = sizeShape.safeParse({ columns: view.getUint16(0), rows: view.getUint16(2) })
  if (!size.success) throw bad('no terminal has this size')
  return size.data
}

function signalOf(payload: Uint8Array): AttachSignal {
  const name = attachSignals.find((signal) => signal === textOf(payload))
  if (name === undefined) throw bad('its signal is none of those that are passed on')
  return name
}

function countBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint32(0, count)
  return bytes
}

function countOf(payload: Uint8Array): number {
  if (payload.length !== 4) throw bad('its length is wrong')
  return viewOf(payload).getUint32(0)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function bad(why: string, cause?: unknown) {
  return liveError['ATTACH.BAD_FRAME']({ why }, { cause })
}

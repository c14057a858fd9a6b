import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { remoteError } from './errors.ts'

/**
 * Messages over a socket, in both directions: JSON, and bytes as they are. A frame is a kind (one byte), the
 * length of its body (four, big endian), and the body. Who sends waits until the other side has taken what came before;
 * who reads gets a message only when it asks for one. So neither side can fill the other's memory.
 */
export type Message = { json: string } | { stream: Stream; bytes: Uint8Array }

/** What bytes are: a call's input, or one of its two outputs. */
export type Stream = 'input' | 'stdout' | 'stderr'

export type Channel = {
  send(message: Message): Promise<void>
  /** To be read once. Ends when the other side has nothing more to say. @throws ENGINE.REMOTE_BROKEN */
  messages: AsyncIterableIterator<Message>
  /** What was sent is delivered first. */
  end(): void
  destroy(): void
  /** Settles when nobody is there any more. */
  closed: Promise<void>
}

const jsonKind = 0
const streams: readonly Stream[] = ['input', 'stdout', 'stderr']
const headerBytes = 5
const mostJsonBytes = 16 * 1024 * 1024
const mostPieceBytes = 64 * 1024

export function openChannel(socket: Duplex): Channel {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  // Whoever reads or writes is told by its own call; a connection that breaks while nobody does is `closed`.
  socket.on('error', () => undefined)
  const wire = { socket, closed }
  return {
    async send(message) {
      if ('json' in message) return write(wire, jsonKind, Buffer.from(message.json))
      for (let from = 0; from < message.bytes.length; from += mostPieceBytes) {
        await write(wire, kindOf(message.stream), message.bytes.subarray(from, from + mostPieceBytes))
      }
    },
    messages: read(socket),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    closed,
  }
}

type Wire = { socket: Duplex; closed: Promise<void> }

async function write({ socket, closed }: Wire, kind: number, body: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.writableEnded) throw remoteError['ENGINE.REMOTE_BROKEN']()
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(kind, 0)
  header.writeUInt32BE(body.length, 1)
  socket.cork()
  socket.write(header)
  const taken = socket.write(body)
  socket.uncork()
  if (!taken) await drained(socket, closed)
}

async function drained(socket: Duplex, closed: Promise<void>): Promise<void> {
  const over = new AbortController()
  try {
    await Promise.race([once(socket, 'drain', { signal: over.signal }), closed])
  } catch (error) {
    throw remoteError['ENGINE.REMOTE_BROKEN'](undefined, { cause: error })
  } finally {
    over.abort()
  }
}

async function* read(socket: Duplex): AsyncGenerator<Message> {
  let waiting: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of socket) {
      waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece])
      for (let frame = firstFrame(waiting); frame !== undefined; frame = firstFrame(waiting)) {
        waiting = waiting.subarray(headerBytes + frame.body.length)
        yield messageOf(frame)
      }
    }
  } catch (error) {
    throw remoteError['ENGINE.REMOTE_BROKEN'](undefined, { cause: error })
  }
  if (waiting.length > 0) throw remoteError['ENGINE.REMOTE_BROKEN']()
}

type Frame = { kind: number; body: Buffer }

function firstFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < headerBytes) return undefined
  const length = bytes.readUInt32BE(1)
  if (length > mostJsonBytes) throw new Error(`A frame of ${length} bytes`)
  if (bytes.length < headerBytes + length) return undefined
  return { kind: bytes.readUInt8(0), body: bytes.subarray(headerBytes, headerBytes + length) }
}

function messageOf({ kind, body }: Frame): Message {
  if (kind === jsonKind) return { json: body.toString() }
  const stream = streams[kind - 1]
  if (stream === undefined) throw new Error(`A frame of kind ${kind}`)
  return { stream, bytes: body }
}

function kindOf(stream: Stream): number {
  return streams.indexOf(stream) + 1
}

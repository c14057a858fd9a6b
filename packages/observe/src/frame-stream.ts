import type { Duplex } from 'node:stream'
import { maxPayloadBytes } from './attach-protocol.ts'
import { liveError } from './errors.ts'

/**
 * Frames over a stream of bytes: each with its length before it. Sending waits where the other side does not read;
 * reading is no faster than the frames are taken.
 */
export type FrameStream = {
  /** Ends with the stream. @throws ATTACH.BAD_FRAME */
  frames: AsyncIterable<Uint8Array>
  /** Resolves when there is room for the next one, or the stream is over. */
  send(frame: Uint8Array): Promise<void>
  /** What was sent still arrives. */
  end(): void
  destroy(): void
  over: Promise<void>
}

/** `head`: what has been read of it already. */
export function frameStream(stream: Duplex, head: Uint8Array = new Uint8Array(0)): FrameStream {
  const over = new Promise<void>((resolve) => {
    if (stream.destroyed) resolve()
    stream.once('close', resolve)
  })
  // A connection that breaks is over: that is all there is to know.
  stream.on('error', () => undefined)
  return {
    frames: framesOf(stream, head),
    async send(frame) {
      if (stream.destroyed || stream.writableEnded) return
      const length = Buffer.allocUnsafe(4)
      length.writeUInt32BE(frame.length, 0)
      stream.cork()
      stream.write(length)
      const hasRoom = stream.write(frame)
      stream.uncork()
      if (hasRoom) return
      const drained = Promise.withResolvers<void>()
      stream.once('drain', drained.resolve)
      await Promise.race([drained.promise, over])
      stream.off('drain', drained.resolve)
    },
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
    over,
  }
}

async function* framesOf(stream: Duplex, head: Uint8Array): AsyncGenerator<Uint8Array> {
  const split = frameSplitter()
  yield* split(head)
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: true }) as AsyncIterable<Buffer>)
      yield* split(chunk)
  } catch (error) {
    // A connection that is cut has ended, like one that says so.
    if (!stream.destroyed) throw error
  }
}

/** Takes bytes as they come, and returns the frames that are whole. What is left over is less than one frame. */
export function frameSplitter(): (chunk: Uint8Array) => Uint8Array[] {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    const frames: Uint8Array[] = []
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0)
      if (length === 0 || length > maxPayloadBytes + 1) {
        throw liveError['ATTACH.BAD_FRAME']({ why: 'its length is wrong' })
      }
      if (rest.length < 4 + length) break
      frames.push(rest.subarray(4, 4 + length))
      rest = rest.subarray(4 + length)
    }
    return frames
  }
}

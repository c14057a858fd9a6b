import { PassThrough } from 'node:stream'
import type { Asked } from './calls.ts'
import type { Channel } from './channel.ts'
import { fromWire } from './wire-value.ts'

/**
 * What a caller sends after its call, told apart: bytes for the input, words for `onWord`. It is read from the first
 * moment on, so that a caller's end is noticed whatever the call is doing, and no faster than the input is taken.
 */
export type Incoming = {
  input: PassThrough
  /** Aborted once the caller is gone. */
  gone: AbortSignal
}

const pingEveryMs = 15_000

export function readIncoming(channel: Channel, onWord: (word: Asked) => void): Incoming {
  const input = new PassThrough()
  // Broken off with the connection; who reads it is told by `gone` as well.
  input.on('error', () => undefined)
  const gone = new AbortController()
  // While the input is full nothing is read, and an end would not be seen: sending shows it.
  const pings = setInterval(() => channel.send(wire({ ping: true })).catch(() => undefined), pingEveryMs)
  pings.unref()
  channel.closed.then(() => {
    clearInterval(pings)
    gone.abort(new Error('The caller is gone'))
    input.destroy(new Error('The caller is gone'))
  })
  pump(channel, input, onWord).catch(() => channel.destroy())
  return { input, gone: gone.signal }
}

async function pump(channel: Channel, input: PassThrough, onWord: (word: Asked) => void): Promise<void> {
  for await (const message of channel.messages) {
    if ('bytes' in message) await take(channel, input, message.bytes)
    else {
      const word = fromWire(message.json) as Asked
      if ('inputEnds' in word) input.end()
      else onWord(word)
    }
  }
  channel.destroy()
}

async function take(channel: Channel, input: PassThrough, bytes: Uint8Array): Promise<void> {
  if (input.destroyed || input.writableEnded || input.write(bytes)) return
  await Promise.race([new Promise<void>((resolve) => input.once('drain', resolve)), channel.closed])
}

function wire(value: unknown) {
  return { json: JSON.stringify(value) }
}

import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Platform } from './start-platform.ts'

/** A WebSocket through the front door: short texts alone, which come back. Closed politely: with the code of a close frame. */
export type StorySocket = {
  say(text: string): Promise<string>
  closed: Promise<{ code: number | null }>
  end(): void
}

export function openSocket(platform: Platform, app: string): Promise<StorySocket> {
  const { baseDomain, httpPort } = platform.settings
  const asking = request({
    host: '127.0.0.1',
    port: httpPort,
    headers: {
      host: `${app}.${baseDomain}:${httpPort}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  })
  return new Promise((resolve, reject) => {
    asking.once('error', reject)
    asking.once('response', ({ statusCode }) => reject(new Error(`no WebSocket: ${statusCode}`)))
    asking.once('upgrade', (_response, socket) => resolve(storySocket(socket)))
    asking.end()
  })
}

function storySocket(socket: Duplex): StorySocket {
  const closed = Promise.withResolvers<{ code: number | null }>()
  const answers: ((text: string) => void)[] = []
  let code: number | null = null
  socket.on('error', () => undefined)
  socket.once('close', () => closed.resolve({ code }))
  socket.on('data', (frame: Buffer) => {
    const kind = (frame[0] ?? 0) & 0x0f
    if (kind === 1) answers.shift()?.(frame.subarray(2).toString())
    if (kind !== 8) return
    code = frame.readUInt16BE(2)
    socket.end()
  })
  return {
    say: (text) =>
      new Promise((resolve, reject) => {
        answers.push(resolve)
        socket.write(textFrame(text))
        closed.promise.then(() => reject(new Error('the WebSocket was closed')))
      }),
    closed: closed.promise,
    end: () => void socket.destroy(),
  }
}

/** A client's frames are masked: RFC 6455, 5.3. */
function textFrame(text: string): Buffer {
  const mask = randomBytes(4)
  const bytes = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length]), mask, bytes])
}

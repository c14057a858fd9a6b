import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type BerthError, toErrorRecord } from '@berth/domain'
import { attachProtocol, frameStream, liveError } from '@berth/observe'
import type { OneOffs } from '../one-off/one-offs.ts'
import { readRequest } from './read-request.ts'

/** Connections of the live socket that become sessions (packages/observe/src/attach-protocol.ts). Bounded in number. */
export type AttachServer = {
  /** For the server's `upgrade` event. */
  upgraded(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** What runs is bounded by places; this bounds who waits for one. */
const maxSessions = 256

export function attachServer(parts: { oneOffs: Pick<OneOffs, 'serve'>; isHealthy(): boolean }): AttachServer {
  let sessions = 0

  function upgraded(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined)
    const asked = readRequest(request.method ?? '', request.url ?? '')
    const refusal = whyNot(asked?.kind === 'attach' && request.headers.upgrade === attachProtocol)
    if (asked?.kind !== 'attach' || refusal !== null) return void refuse(socket, refusal)
    sessions += 1
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${attachProtocol}\r\n\r\n`,
    )
    void parts.oneOffs.serve(asked.appId, frameStream(socket, head)).finally(() => {
      sessions -= 1
    })
  }

  function whyNot(isAttach: boolean): BerthError | null {
    if (!isAttach) return liveError['LIVE.NOT_FOUND']({ what: 'such address' })
    if (sessions >= maxSessions) return liveError['LIVE.BUSY']({ limit: maxSessions })
    // What a former worker has left is not cleared away yet.
    return parts.isHealthy() ? null : liveError['LIVE.UNAVAILABLE']({ reason: 'it is just starting' })
  }

  return { upgraded }
}

function refuse(socket: Duplex, error: BerthError | null): void {
  const body = JSON.stringify({ error: toErrorRecord(error) })
  const head = [
    `HTTP/1.1 ${error?.code === 'LIVE.NOT_FOUND' ? 404 : 503} Refused`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

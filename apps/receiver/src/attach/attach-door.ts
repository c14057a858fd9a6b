import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type App, isBerthError, parseAppName, toErrorRecord } from '@berth/domain'
import { attachProtocol, encodeWorkerFrame, maxPayloadBytes, ticketProtocol } from '@berth/observe'
import { isFromDashboard } from '@berth/people/sign-in/origins.ts'
import type { WebSocket, WebSocketServer } from 'ws'
import { type Crowd, type Guesses, openCrowd } from '../crowd.ts'
import type { From, Visitor } from '../doors.ts'
import type { ReceiverParts } from '../parts.ts'
import { carrySession } from './carry-session.ts'
import { attachError } from './errors.ts'

/**
 * Terminals and pipes of people, joined to processes: `/attach/APP` is upgraded to a WebSocket that carries the frames of
 * packages/observe/src/attach-protocol.ts. Promises:
 * - Who comes shows an API token (Authorization: Bearer), or a ticket (packages/people, tickets) as a second subprotocol,
 *   `berth.ticket.…`: a page can send no header. A ticket counts once, for one app, and from the dashboard's own pages; a
 *   cookie counts for nothing, because it comes along from the apps' pages, too. Whether the token, or the session that the
 *   ticket was given to, still counts is looked at again while the session lasts.
 * - An app of others and an app that is not there get the same answer.
 * - Bounded: sessions in all and by person, the size of a message, what waits; a connection whose other end is gone
 *   is noticed within a minute.
 * What is refused after that is said in a frame: a client of WebSockets does not get to see an HTTP answer.
 */
export type AttachDoor = {
  upgraded(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends every session, with a word about why. */
  close(): Promise<void>
}

/** Who shows what; asked again, it says whether that still counts. */
type Shown = () => Promise<Visitor | null>

const crowdLimits = { total: 64, perKey: 8 }

export function openAttachDoor(
  parts: ReceiverParts,
  { guesses, fromOf }: { guesses: Guesses; fromOf(request: IncomingMessage): From },
): AttachDoor {
  const crowd: Crowd = openCrowd(crowdLimits)
  const open = new Set<Promise<void>>()
  let server: Promise<WebSocketServer> | undefined

  async function receive(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const name = /^\/attach\/([a-z0-9-]{1,100})$/.exec(request.url ?? '')?.[1]
    if (name === undefined) return refusePlainly(socket, 404, 'There is nothing here.')
    if (!asksForFrames(request)) {
      return refusePlainly(socket, 400, `This speaks ${attachProtocol}: update the older one of the two.`)
    }
    const from = fromOf(request)
    const address = from.address ?? ''
    const shown = shownIn(parts, request)
    if (shown === 'nothing') return refusePlainly(socket, 401, 'This needs an API token, or a ticket.')
    if (shown === 'elsewhere') return refusePlainly(socket, 403, 'This request came from another site.')
    if (guesses.isTooMany(address)) return refusePlainly(socket, 429, 'Too many wrong tokens. Wait a minute.')
    const visitor = await shown()
    if (visitor === null) guesses.wrong(address)
    const ws = await upgrade(request, socket, head)
    await serve(ws, { visitor, shown, name, from }).catch((error: unknown) => refuse(ws, error))
    ws.close(1000)
  }

  async function serve(
    ws: WebSocket,
    { visitor, shown, name, from }: { visitor: Visitor | null; shown: Shown; name: string; from: From },
  ): Promise<void> {
    if (visitor === null) throw attachError['ATTACH.SIGNED_OUT']()
    const app = await openApp(parts, visitor, name)
    const leave = crowd.enter(visitor.id)
    if (leave === null) throw attachError['ATTACH.BUSY']()
    const mayStill = async () => {
      const now = await shown()
      return now !== null && now.id === visitor.id && (await parts.doorkeeper.may(now, 'app.console', app))
    }
    try {
      await carrySession(parts, ws, { visitor, app, from, mayStill })
    } finally {
      leave()
    }
  }

  function refuse(ws: WebSocket, error: unknown): void {
    const record = toErrorRecord(error)
    if (record.code === 'BERTH.UNEXPECTED')
      parts.log(`attach: ${error instanceof Error ? error.stack : error}`)
    ws.resume()
    if (ws.readyState === ws.OPEN) ws.send(encodeWorkerFrame({ kind: 'failed', error: record }))
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
    server ??= openServer()
    const accepting = await server
    return new Promise((resolve) =>
      accepting.handleUpgrade(request, socket, head, (ws) => {
        // Read when somebody listens.
        ws.pause()
        resolve(ws)
      }),
    )
  }

  return {
    upgraded(request, socket, head) {
      // A connection that breaks before it is a WebSocket.
      socket.on('error', () => undefined)
      const session = receive(request, socket, head).catch((error: unknown) => {
        parts.log(`attach: ${error instanceof Error ? error.stack : error}`)
        socket.destroy()
      })
      open.add(session)
      void session.finally(() => open.delete(session))
    },
    close: async () => {
      for (const ws of (await server)?.clients ?? []) setTimeout(() => ws.terminate(), lastWordMs).unref()
      await Promise.all(open)
    },
  }
}

/** `parts.closing` has ended the sessions by then; a client that does not take that is let go of. */
const lastWordMs = 1_000

/** The code of it comes with the first session: most receivers never have one. */
async function openServer(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws')
  return new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes + 1,
    handleProtocols: () => attachProtocol,
  })
}

function asksForFrames(request: IncomingMessage): boolean {
  return protocolsOf(request).includes(attachProtocol) && /^websocket$/i.test(request.headers.upgrade ?? '')
}

function protocolsOf({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim())
}

/** A token counts alone; a ticket is not looked at, and so not used up, where the page is another's. */
function shownIn(
  { doorkeeper, settings }: ReceiverParts,
  request: IncomingMessage,
): Shown | 'nothing' | 'elsewhere' {
  const { authorization, origin } = request.headers
  if (authorization !== undefined) {
    const token = /^Bearer (\S{1,500})$/i.exec(authorization)?.[1] ?? ''
    return () => doorkeeper.visitorByToken(token)
  }
  const ticket = protocolsOf(request).find((word) => word.startsWith(ticketProtocol))
  if (ticket === undefined) return 'nothing'
  if (!isFromDashboard(settings, new Headers({ origin: origin ?? '' }))) return 'elsewhere'
  return once(() => doorkeeper.visitorByTicket(ticket.slice(ticketProtocol.length)))
}

/** What a ticket's holder may is asked of the doorkeeper; the ticket itself cannot be shown again. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

/** @throws ATTACH.APP_NOT_FOUND, ATTACH.FORBIDDEN */
async function openApp({ records, doorkeeper }: ReceiverParts, visitor: Visitor, name: string): Promise<App> {
  const app = await appNamed(records, name)
  if (app === null || !(await doorkeeper.may(visitor, 'app.view', app)))
    throw attachError['ATTACH.APP_NOT_FOUND']({ app: name })
  if (!(await doorkeeper.may(visitor, 'app.console', app)))
    throw attachError['ATTACH.FORBIDDEN']({ app: name })
  return app
}

async function appNamed({ apps }: ReceiverParts['records'], name: string): Promise<App | null> {
  try {
    return await apps.byName(parseAppName(name))
  } catch (error) {
    if (isBerthError(error, 'NAME.INVALID', 'NAME.RESERVED')) return null
    throw error
  }
}

function refusePlainly(socket: Duplex, status: number, words: string): void {
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(words) + 1}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${words}\n`)
}

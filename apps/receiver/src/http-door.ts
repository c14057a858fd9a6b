import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { toErrorRecord } from '@berth/domain'
import { cleanLines } from '@berth/observe'
import { openAttachDoor } from './attach/attach-door.ts'
import { countGuesses, type Guesses } from './crowd.ts'
import type { From, Visitor } from './doors.ts'
import { pushError } from './errors.ts'
import { advertise, answerService } from './http-git.ts'
import { parseHttpRequest } from './parse-http-request.ts'
import type { ReceiverParts } from './parts.ts'
import { openRegistryDoor, type RegistryDoor } from './registry-door.ts'
import type { Door } from './ssh-door.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const { createServer } = process.getBuiltinModule('node:http')

/**
 * git's smart HTTP protocol, the image registry and attached sessions, for the front door to pass on: loopback only. The
 * person is the owner of the API token that comes as the password. Wrong tokens are counted by address; after ten in a minute none is looked at.
 */
const serverLimits = {
  headersTimeout: 15_000,
  // A pack may come over a slow line; it has as long as the whole session.
  requestTimeout: 0,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
}
const maxConnections = 256

export async function openHttpDoor(parts: ReceiverParts, { port }: { port: number }): Promise<Door> {
  const inside: Inside = {
    ...parts,
    guesses: countGuesses(10, 60_000),
    registry: await openRegistryDoor(parts),
  }
  const server = createServer(serverLimits, (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort(pushError['PUSH.BROKEN_OFF']()))
    request.url = originForm(request.url ?? '')
    const visit: Visit = { request, response, signal: gone.signal }
    answer(inside, visit).catch((error) => refuse(parts, visit, error))
  })
  const attach = openAttachDoor(parts, {
    guesses: inside.guesses,
    fromOf: (request) => fromOf({ request }, 'attach'),
  })
  server.on('upgrade', attach.upgraded)
  server.maxConnections = maxConnections
  await listen(server, port)
  return {
    port: (server.address() as { port: number }).port,
    stopListening: () => void server.close(),
    close: async () => {
      inside.registry.close()
      await attach.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export type Visit = { request: IncomingMessage; response: ServerResponse; signal: AbortSignal }

/** Whoever takes the front door for a proxy writes whole addresses. Source: RFC 9112, 3.2.2: they must be accepted. */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]*/i, '')
}

type Inside = ReceiverParts & { guesses: Guesses; registry: RegistryDoor }

async function answer(inside: Inside, visit: Visit): Promise<void> {
  const { method = '', url = '' } = visit.request
  if (url.startsWith('/attach/')) {
    // How a client finds out that sessions are taken here.
    visit.response.setHeader('Upgrade', 'websocket')
    return sayPlainly(visit, 426, ['This is for sessions: it speaks WebSocket.'])
  }
  const isImage = /^\/v2(?:[/?]|$)/.test(url)
  const asked = isImage ? null : parseHttpRequest(method, url)
  if (!isImage && asked === null) {
    return sayPlainly(visit, 404, [
      'There is nothing here but git repositories (/git/APP.git) and images (/v2/).',
    ])
  }
  const publisher = isImage ? inside.registry.publisher(tokenOf(visit.request) ?? '') : null
  const visitor = publisher ?? (await identify(inside, visit))
  if (visitor === null) return
  if (asked === null || 'publishes' in visitor) return inside.registry.answer(visit, visitor)
  const serve = asked.kind === 'advertise' ? advertise : answerService
  await serve(inside, visit, { visitor, from: fromOf(visit, 'http'), request: asked.request() })
}

/** Null: the visitor has been answered. @throws PUSH.BAD_TOKEN */
async function identify({ guesses, doorkeeper }: Inside, visit: Visit): Promise<Visitor | null> {
  const address = addressOf(visit.request)
  const token = tokenOf(visit.request)
  if (token === null) {
    askForToken(visit, ['This needs an API token as the password.'])
    return null
  }
  if (guesses.isTooMany(address)) {
    sayPlainly(visit, 429, ['Too many wrong tokens. Wait a minute.'])
    return null
  }
  const visitor = await doorkeeper.visitorByToken(token)
  if (visitor !== null) return visitor
  guesses.wrong(address)
  throw pushError['PUSH.BAD_TOKEN']()
}

function refuse(parts: ReceiverParts, visit: Visit, error: unknown): void {
  const record = toErrorRecord(error)
  if (record.code === 'BERTH.UNEXPECTED') parts.log(`http: ${error instanceof Error ? error.stack : error}`)
  if (visit.response.headersSent) return void visit.response.destroy()
  const words = [...cleanLines(record.message), ...cleanLines(record.hint)]
  if (record.code === 'PUSH.BAD_TOKEN') askForToken(visit, words)
  else sayPlainly(visit, statusOf(record.code, record.fault), words)
}

function statusOf(code: string, fault: 'user' | 'system'): number {
  if (code === 'PUSH.FORBIDDEN') return 403
  return fault === 'user' ? 404 : 503
}

function askForToken(visit: Visit, lines: readonly string[]): void {
  visit.response.setHeader('WWW-Authenticate', 'Basic realm="Berth", charset="UTF-8"')
  sayPlainly(visit, 401, lines)
}

/** git prints a plain body as `remote: …`. What is left of the request is not read: the connection ends. */
function sayPlainly({ response }: Visit, status: number, lines: readonly string[]): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`${lines.join('\n')}\n`)
}

function tokenOf(request: IncomingMessage): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,2000})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (encoded === undefined) return null
  const words = Buffer.from(encoded, 'base64').toString('utf8')
  const password = words.slice(words.indexOf(':') + 1)
  return words.includes(':') && password !== '' ? password : null
}

export function fromOf({ request }: Pick<Visit, 'request'>, door: From['door']): From {
  return { door, address: addressOf(request), userAgent: request.headers['user-agent'] ?? null }
}

/** Only the front door can reach this port; it names the client last. */
function addressOf(request: IncomingMessage): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
  return forwarded.split(',').at(-1)?.trim() || (request.socket.remoteAddress ?? '')
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

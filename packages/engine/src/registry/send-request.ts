import type { ClientRequest, IncomingMessage, Agent as PlainAgent, RequestOptions } from 'node:http'
import { Agent, request } from 'node:https'
import type { Socket } from 'node:net'
import { pipeline, type Readable } from 'node:stream'
import { getCACertificates } from 'node:tls'
import { type Addresses, AddressRefused, assertHost, checkedLookup } from '../build/remote/public-address.ts'
import { registryError } from './errors.ts'
import { defaultRegistryLimits, type RegistryLimits, type RegistrySettings } from './registry-settings.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const plain = process.getBuiltinModule('node:http')

/**
 * One HTTP request, sent as it is: no redirect is followed, nothing is tried again. Every wait has an end: for the
 * connection, for the head of the answer, and between two bytes; whoever reads a body bounds its length and time.
 *
 * @throws REGISTRY.UNREACHABLE where no answer came
 */
export type Outgoing = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  url: URL
  headers: Readonly<Record<string, string>>
  /** `public`: never this machine, nor a private network. */
  addresses: Addresses
  /** A stream's length stands in `content-length`. */
  body?: Buffer | Readable
  signal?: AbortSignal
}

export type Sender = {
  limits: RegistryLimits
  /** The body must be read or destroyed. */
  send(outgoing: Outgoing): Promise<IncomingMessage>
  close(): void
}

const mostConnections = 6

export function openSender(settings: RegistrySettings): Sender {
  const limits = { ...defaultRegistryLimits, ...settings.limits }
  // What a company's proxy variables say counts, as for every other program. Node 24.
  const common = { keepAlive: true, maxSockets: mostConnections, proxyEnv: process.env }
  const { authorities } = settings
  const agents = {
    'https:': new Agent({
      ...common,
      ...(authorities ? { ca: [...getCACertificates('default'), authorities] } : {}),
    }),
    'http:': new plain.Agent(common),
  }
  return {
    limits,
    send: (outgoing) => send(outgoing, agents, limits),
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

function send(
  outgoing: Outgoing,
  agents: { 'https:': Agent; 'http:': PlainAgent },
  limits: RegistryLimits,
): Promise<IncomingMessage> {
  const { method, url, headers, body, signal, addresses } = outgoing
  const options: RequestOptions = {
    method,
    headers: { 'user-agent': 'berth', ...headers },
    lookup: checkedLookup(addresses) as RequestOptions['lookup'],
    ...(signal ? { signal } : {}),
  }
  return new Promise((resolve, reject) => {
    if (refused(url, addresses)) return reject(unreachable(url.host, new AddressRefused(url.host)))
    const sent =
      url.protocol === 'http:'
        ? plain.request(url, { ...options, agent: agents['http:'] })
        : request(url, { ...options, agent: agents['https:'] })
    const stopWaiting = boundWaits(sent, outgoing, limits)
    sent.once('response', (response) => {
      stopWaiting()
      resolve(response)
    })
    sent.on('error', (error) => {
      stopWaiting()
      reject(signal?.aborted ? signal.reason : unreachable(url.host, error))
    })
    if (body === undefined || Buffer.isBuffer(body)) sent.end(body)
    // An error of either reaches the request, which tells.
    else pipeline(body, sent, () => undefined)
  })
}

function refused(url: URL, addresses: Addresses): boolean {
  try {
    assertHost(url, addresses)
    return false
  } catch {
    return true
  }
}

/** Returns what ends the waits for an answer; that between two bytes goes on. */
function boundWaits(sent: ClientRequest, { url, body }: Outgoing, limits: RegistryLimits): () => void {
  const connecting = setTimeout(() => sent.destroy(new TooSlow('nobody answers')), limits.connectMs)
  const connected = () => clearTimeout(connecting)
  sent.once('socket', (socket: Socket) => {
    if (socket.connecting) socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', connected)
    else connected()
  })
  // A head that comes byte by byte is never idle. A stream that is sent takes its own time.
  const streamed = body !== undefined && !Buffer.isBuffer(body)
  const tooLong = () => sent.destroy(new TooSlow('its answer does not end'))
  const head = streamed ? undefined : setTimeout(tooLong, limits.connectMs + limits.smallAnswerMs)
  sent.setTimeout(limits.idleMs, () => sent.destroy(new TooSlow('it has gone silent')))
  return () => {
    connected()
    clearTimeout(head)
  }
}

/** Why we broke a connection off ourselves. */
export class TooSlow extends Error {
  readonly code = 'ETIMEDOUT'
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it broke the connection off',
  EPIPE: 'it broke the connection off',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'nobody answers',
  EPROTO: 'it does not speak TLS',
  HPE_HEADER_OVERFLOW: 'the head of its answer is too long',
}

export function unreachable(host: string, error: unknown) {
  return registryError['REGISTRY.UNREACHABLE']({ registry: host, reason: reasonOf(error) }, { cause: error })
}

const privateReason =
  'it is on this machine or in a private network, where builds reach only hosts that the engine’s settings name'

function reasonOf(error: unknown): string {
  if (error instanceof TooSlow) return error.message
  if (error instanceof AddressRefused) return privateReason
  const { code = '', errors } = error as NodeJS.ErrnoException & { errors?: unknown[] }
  if (errors?.[0] !== undefined && reasons[code] === undefined) return reasonOf(errors[0])
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO/.test(code))
    return `its certificate is not trusted (${code})`
  if (code.startsWith('ERR_SSL')) return 'it does not speak TLS'
  return reasons[code] ?? (code === '' ? 'the connection broke' : `the connection broke (${code})`)
}

import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { rootCertificates } from 'node:tls'
import { type Addresses, assertHost, checkedLookup } from './public-address.ts'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const { request: plainRequest } = process.getBuiltinModule('node:http')

/** What went wrong with an address from a Dockerfile, in words that a sentence can end with. */
export class RemoteProblem extends Error {}

export type Opened = {
  status: number
  headers: IncomingHttpHeaders
  body: IncomingMessage
  /** After redirects. */
  url: URL
  /** Where the answer came from. */
  address: string
}

export type OpenOptions = {
  headers?: Readonly<Record<string, string>>
  addresses: Addresses
  /** PEM, trusted besides the usual ones. */
  authorities: string | null
  signal: AbortSignal
}

const mostRedirects = 10
/** No connection, or nothing more of an answer, for so long: nobody is there. */
const silenceMs = 60_000
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * GET over http or https. Every hop is checked again, and takes no credentials of the one before with it. The body is
 * the caller's to read or destroy.
 *
 * @throws RemoteProblem, AddressRefused, the signal's reason
 */
export async function openUrl(address: string, options: OpenOptions): Promise<Opened> {
  let url = parsed(address)
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const answer = await get(url, options)
    const { location } = answer.headers
    if (!redirects.has(answer.statusCode ?? 0) || location === undefined) {
      const { statusCode = 0, headers, socket } = answer
      return { status: statusCode, headers, body: answer, url, address: socket.remoteAddress ?? '' }
    }
    answer.destroy()
    url = parsed(location, url)
  }
  throw new RemoteProblem(`it leads on more than ${mostRedirects} times`)
}

function parsed(address: string, base?: URL): URL {
  if (!URL.canParse(address, base)) throw new RemoteProblem('it is no address')
  const url = new URL(address, base)
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw new RemoteProblem(`${url.protocol} is not http: or https:`)
}

function get(url: URL, { headers, addresses, authorities, signal }: OpenOptions): Promise<IncomingMessage> {
  assertHost(url, addresses)
  const options: RequestOptions & { ca?: readonly string[] } = {
    headers: { 'user-agent': 'berth', 'accept-encoding': 'identity', ...headers },
    lookup: checkedLookup(addresses) as RequestOptions['lookup'],
    agent: false,
    timeout: silenceMs,
    signal,
    ...(authorities === null ? {} : { ca: [...rootCertificates, authorities] }),
  }
  return new Promise((resolve, reject) => {
    const asked = url.protocol === 'https:' ? tlsRequest(url, options as object) : plainRequest(url, options)
    asked.on('timeout', () => asked.destroy(new RemoteProblem('it does not answer')))
    asked.on('error', reject)
    asked.on('response', resolve)
    asked.end()
  })
}

/** An address without what only its owner may know, for logs and messages. */
export function withoutCredentials(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}

import type { DrainTarget } from './drain.ts'
import { drainError } from './errors.ts'

/** What somebody asks for: an address, headers for HTTP, and the authority (PEM) of a server that is nobody else's. */
export type NewDrain = { url: string; headers: Readonly<Record<string, string>>; authority: string | null }

const longestUrl = 2_000
const mostHeaders = 20
const longestAuthority = 200_000
const syslogPorts = { 'syslog+tls:': 6514, 'syslog+tcp:': 601 } as const
/** Those that say how a request is framed or to whom it goes are ours to write. */
const ownHeaders = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
])

/** `shown`: the address as people may see it again. @throws DRAIN.INVALID */
export function parseDrain({ url: given, headers, authority }: NewDrain): {
  target: DrainTarget
  shown: string
} {
  const url = given.length <= longestUrl ? URL.parse(given) : null
  if (url === null || url.hostname === '')
    throw invalid('address', 'one of syslog+tls://, syslog+tcp:// and https://')
  const checked = checkedAuthority(authority)
  if (url.protocol === 'https:') return httpDrain(url, headers, checked)
  if (url.protocol === 'syslog+tls:' || url.protocol === 'syslog+tcp:') {
    if (Object.keys(headers).length > 0) throw invalid('headers', 'left out: syslog has none')
    return syslogDrain(url, checked)
  }
  throw invalid('address', 'one of syslog+tls://, syslog+tcp:// and https://')
}

function syslogDrain(url: URL, authority: string | null) {
  const protocol = url.protocol as keyof typeof syslogPorts
  const isPlain = ['', '/'].includes(url.pathname) && url.search === '' && url.hash === ''
  if (!isPlain || url.username !== '' || url.password !== '')
    throw invalid('address', 'a host and a port alone, such as syslog+tls://logs.example.com:6514')
  const tls = protocol === 'syslog+tls:'
  if (!tls && authority !== null) throw invalid('authority', 'left out without TLS')
  const host = hostOf(url)
  const port = Number(url.port || syslogPorts[protocol])
  const target: DrainTarget = { kind: 'syslog', host: host.replace(/^\[|\]$/g, ''), port, tls, authority }
  return { target, shown: `${protocol}//${host}:${port}` }
}

/** A name and a password become a header; path and query may be keys, so that only the host is shown. */
function httpDrain(url: URL, given: NewDrain['headers'], authority: string | null) {
  const headers = checkedHeaders(given)
  if (url.username !== '' || url.password !== '') {
    const account = `${decoded(url.username)}:${decoded(url.password)}`
    headers.authorization ??= `Basic ${Buffer.from(account).toString('base64')}`
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  const hasPath = url.pathname !== '/' || url.search !== ''
  const target: DrainTarget = { kind: 'http', url: url.href, headers, authority }
  return { target, shown: `https://${url.host}${hasPath ? '/…' : ''}` }
}

function checkedHeaders(given: NewDrain['headers']): Record<string, string> {
  const entries = Object.entries(given)
  if (entries.length > mostHeaders) throw invalid('headers', `${mostHeaders} at most`)
  for (const [name, value] of entries) {
    // RFC 9110, 5.1 and 5.5.
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) || ownHeaders.has(name.toLowerCase()))
      throw invalid('name of a header', 'one that a request may have, and none that Berth writes itself')
    if (!/^[\t\x20-\x7e]{0,4096}$/.test(value)) throw invalid('value of a header', 'printable ASCII')
  }
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))
}

function checkedAuthority(pem: string | null): string | null {
  if (pem === null) return null
  const isPem =
    pem.length <= longestAuthority && /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(pem)
  if (!isPem || /PRIVATE KEY/.test(pem)) throw invalid('authority', 'certificates in PEM, and no key')
  return pem
}

/** A URL of a scheme that nobody registered keeps its host as it was written. */
function hostOf(url: URL): string {
  const host = url.hostname.toLowerCase()
  const isHost = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?|\[[0-9a-f:.]+\])$/.test(host)
  if (!isHost) throw invalid('host', 'a name or an IP address')
  return host
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('address', 'one whose name and password are written with % where they hold signs')
  }
}

function invalid(what: string, expected: string) {
  return drainError['DRAIN.INVALID']({ what, expected })
}

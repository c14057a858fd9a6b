import { createHash } from 'node:crypto'
import { certificateListFile } from './certificate-name.ts'
import type { Route, RouteTable } from './front-door.ts'
import { guessesSection } from './haproxy-auth.ts'
import { challengeSection, redirectSections } from './haproxy-elsewhere.ts'
import { byPath, pageBackendName } from './haproxy-maps.ts'
import { portSections } from './haproxy-port.ts'
import { ownPageSections, ownPages, routeSection } from './haproxy-route.ts'
import { answer, body, section, silent } from './haproxy-words.ts'
import { errorPages, type Page, pages, statePages, unknownHostPage, uriTooLongPage } from './pages.ts'
import { accessFormat, accessLineBytes } from './parse-access-line.ts'

/**
 * HAProxy's configuration for a table that `checkTable` has accepted. Source of every keyword: HAProxy 2.6's
 * configuration manual. Maps and pages are named relative to the configuration file, so that a new set of files can be
 * checked where it lies and then put in place as a whole.
 */
export type ConfigurationOptions = {
  adminSocket: string
  httpPort: number
  /** Null: nothing is said over TLS. */
  tls: { port: number; defaultCertificate: string } | null
  /** Addresses and networks whose connections begin with the PROXY protocol: it says who the client is. */
  trustedProxies: readonly string[]
  /** What to listen on: `0.0.0.0`, `[::]`. */
  addresses: readonly string[]
  /** Root starts it, and this user then carries the traffic, and sees no files but those of `jail`; null: whoever starts it. */
  dropTo: { user: string; group: string; jail: string } | null
  threads: number
  maxConnections: number
}

/**
 * What the configuration is apart from servers and maps, which change while HAProxy runs: where two of these differ,
 * HAProxy must be reloaded.
 */
export function configurationIdentity(table: RouteTable, options: ConfigurationOptions): string {
  const routes = table.routes.map((route) => ({ ...route, targets: [] }))
  const own = Object.values(ownPages(table))
  const ports = table.ports?.map((port) => ({ ...port, targets: [] }))
  const text = render({ routes, ports }, options, '') + [...pages.map((page) => page.html), ...own].join('')
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

export function haproxyConfiguration(
  table: RouteTable,
  options: ConfigurationOptions,
  identity = configurationIdentity(table, options),
): string {
  return render(table, options, identity)
}

/** The environment variable of HAProxy in which the admin socket shows the identity that is in force. */
export const identityVariable = 'BERTH_CONFIGURATION'

function render(table: RouteTable, options: ConfigurationOptions, identity: string): string {
  const routes = [...table.routes].sort((one, other) => (one.id < other.id ? -1 : 1))
  const doors: Scheme[] = options.tls === null ? ['http'] : ['http', 'https']
  const sections = [
    global(options, identity),
    accessRing(options),
    defaults(),
    ...doors.map((scheme) => frontend(scheme, table, options)),
    ...pageBackends(),
    ...redirectSections(options),
    challengeSection(),
    ...doors.map((scheme) => nextWorkerBackend(scheme, options)),
    ...(routes.some(({ rules }) => rules?.users) ? [guessesSection()] : []),
    ...routes.flatMap((route) => [routeSection(route), ...ownPageSections(route)]),
    ...portSections(table, options),
  ]
  return `${sections.join('\n\n')}\n`
}

function global(options: ConfigurationOptions, identity: string): string {
  return section('global', [
    'default-path config',
    `setenv ${identityVariable} ${identity}`,
    `stats socket ${options.adminSocket} mode 660 level admin expose-fd listeners`,
    'stats timeout 30s',
    `nbthread ${options.threads}`,
    `maxconn ${options.maxConnections}`,
    // Where the hard limit of open files is low and may not be raised, fewer connections are better than none.
    'no strict-limits',
    // An old worker keeps a WebSocket or a terminal after a reload, but neither for ever nor in any number.
    'hard-stop-after 1h',
    'mworker-max-reloads 20',
    'tune.bufsize 16384',
    'tune.maxrewrite 1024',
    // It would remember look-ups that are slow, and none of ours is: asking it costs each request more than it saves.
    'tune.pattern.cache-size 0',
    ...(options.tls === null ? [] : tlsDefaults),
    ...(options.dropTo === null
      ? []
      : [`user ${options.dropTo.user}`, `group ${options.dropTo.group}`, `chroot ${options.dropTo.jail}`]),
  ])
}

/**
 * Mozilla's "intermediate" (ssl-config.mozilla.org, 5.7) without its ciphers of finite fields, which no client needs that
 * knows TLS 1.2 at all. No tickets: their key would stay the same for as long as HAProxy runs.
 */
const tlsDefaults = [
  'ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
  'ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
  'ssl-default-bind-options prefer-client-ciphers ssl-min-ver TLSv1.2 no-tls-tickets',
  // Sessions to take up again, at about 200 bytes each.
  'tune.ssl.cachesize 5000',
]

function defaults(): string {
  return section('defaults', [
    'mode http',
    'timeout connect 2s',
    'timeout http-request 15s',
    'timeout http-keep-alive 30s',
    'timeout client 60s',
    'timeout client-fin 10s',
    'timeout server 60s',
    'timeout queue 15s',
    'timeout tunnel 1h',
    // A dead address costs a connection attempt, and the next one goes to another target. What an app has begun to
    // work on is never sent twice.
    'retries 3',
    'retry-on conn-failure',
    'option redispatch 1',
    'http-reuse safe',
    'option http-keep-alive',
    'option dontlognull',
    // A reload must not close a connection on which a client is just sending: it gets one more answer, and the close.
    'option idle-close-on-response',
    // HTTP/2 without TLS has no use here, and its upgrade would lead past the rules below.
    'option disable-h2-upgrade',
    'balance leastconn',
    ...errorPages.map((page) => `http-error status ${page.status} ${body(page)}`),
  ])
}

type Scheme = 'http' | 'https'

/** Requests without TLS and those with it have rules of their own, so that neither pays for telling them apart. */
function frontend(scheme: Scheme, table: RouteTable, options: ConfigurationOptions): string {
  const { bound, owner } = handover(scheme, options)
  return section(`frontend ${scheme}`, [
    ...options.addresses.map((address) => bind(scheme, address, options)),
    `bind unix@${bound} accept-proxy mode 600${owner}`,
    ...proxies(options),
    `log ring@${accessRingName} len ${accessLineBytes} format raw local0`,
    `log-format "${accessFormat}"`,
    `http-request ${answer(uriTooLongPage)} if { url,length gt 8192 }`,
    ...routing(scheme, table),
    ...headers(scheme),
    `use_backend ${nextWorker(scheme)} if { stopping }`,
    'use_backend %[var(txn.route)]',
    `default_backend ${unknownHost}`,
  ])
}

function bind(scheme: Scheme, address: string, { httpPort, tls }: ConfigurationOptions): string {
  const family = address.includes(':') ? ' v6only' : ''
  if (scheme === 'http' || tls === null) return `bind ${address}:${httpPort}${family}`
  const certificates = `crt ${tls.defaultCertificate} crt-list ${certificateListFile}`
  return `bind ${address}:${tls.port}${family} ssl ${certificates} alpn h2,http/1.1`
}

/** Asked once a connection, and no request. The socket between workers has no address. */
function proxies({ trustedProxies }: ConfigurationOptions): string[] {
  if (trustedProxies.length === 0) return []
  return [`tcp-request connection expect-proxy layer4 if { src ${trustedProxies.join(' ')} }`]
}

const unknownHost = 'page_unknown-host'
const unlessRouted = 'unless { var(txn.route) -m found }'
const ifByPath = `if { var(txn.route) -m str ${byPath} }`
const host = 'req.hdr(host),host_only,lower,rtrim(.)'

/**
 * The backend of a host and path. Rules are most of what a request costs HAProxy itself, so the common case, a host as
 * the map has it, is one look-up; the rules behind it are for other spellings, for hosts that only a wildcard has (where
 * there is one), and for hosts whose paths lead apart.
 */
function routing(scheme: Scheme, table: RouteTable): string[] {
  const of = scheme === 'http' ? '' : 'tls-'
  const wildcards = table.routes.some(({ hosts }) => hosts.some((name) => name.startsWith('*.')))
  const wildcard = `http-request set-var(txn.route) ${host},regsub(^[^.]+,*),map_str(${of}hosts.map) ${unlessRouted}`
  return [
    `http-request set-var(txn.route) req.hdr(host),map_str(${of}hosts.map)`,
    `http-request set-var(txn.route) ${host},map_str(${of}hosts.map) ${unlessRouted}`,
    ...(wildcards ? [wildcard] : []),
    `http-request set-var(txn.path) path ${ifByPath}`,
    `http-request set-var(txn.route) ${host},concat(/,txn.path),map_beg(${of}prefixes.map) ${ifByPath}`,
  ]
}

/** What an app may believe about its client is said here, whatever the client has said itself. */
function headers(scheme: Scheme): string[] {
  return [
    'http-request del-header Forwarded',
    'http-request del-header X-Forwarded- -m beg',
    // Apps behind CGI, WSGI or Rack cannot tell `_` from `-`.
    'http-request del-header X_Forwarded_ -m beg',
    'http-request del-header X_Real_IP',
    // httpoxy.org: a CGI app would take it for its own proxy setting.
    'http-request del-header Proxy',
    'http-request add-header X-Forwarded-For %[src]',
    'http-request set-header X-Real-IP %[src]',
    `http-request add-header X-Forwarded-Proto ${scheme}`,
    'http-request add-header X-Forwarded-Port %[dst_port]',
    'http-request add-header X-Forwarded-Host %[req.hdr(host)]',
    'http-request del-header Upgrade if { req.hdr(upgrade) -m sub -i h2c }',
    'http-request del-header HTTP2-Settings',
  ]
}

/** What is said where there is no target. The maps lead there, so that a request for an app does not pay for it. */
function pageBackends(): string[] {
  const states = Object.entries(statePages) as [Route['state'], Page][]
  return [
    section(`backend ${unknownHost}`, [silent, `http-request ${answer(unknownHostPage)}`]),
    ...states.map(([state, page]) =>
      section(`backend ${pageBackendName(state)}`, [
        `http-request set-var(txn.host) ${host}`,
        `http-request ${answer(page)}`,
      ]),
    ),
  ]
}

const accessRingName = 'access'

/** What was answered, for whoever listens at `accessSocket`; while nobody does, the newest few thousand lines are kept. */
function accessRing(options: ConfigurationOptions): string {
  return section(`ring ${accessRingName}`, [
    'format raw',
    `maxlen ${accessLineBytes}`,
    'size 1048576',
    'timeout connect 2s',
    'timeout server 10s',
    `server worker unix@${accessSocket(options).seen} log-proto octet-count`,
  ])
}

/** Bound by the worker, and seen from within the jail. */
export function accessSocket({ adminSocket, dropTo }: Pick<ConfigurationOptions, 'adminSocket' | 'dropTo'>) {
  if (dropTo === null) return { bound: `${adminSocket}.access`, seen: `${adminSocket}.access` }
  return { bound: `${dropTo.jail}/access.sock`, seen: '/access.sock' }
}

function nextWorker(scheme: Scheme): string {
  return scheme === 'http' ? 'next_worker' : 'next_worker_tls'
}

/**
 * A worker that a reload has replaced still gets requests on connections that were idle then. Its servers can no longer
 * be changed, so it passes them on to the worker that knows today's, over a socket that tells the client's address.
 */
function nextWorkerBackend(scheme: Scheme, options: ConfigurationOptions): string {
  const { seen } = handover(scheme, options)
  return section(`backend ${nextWorker(scheme)}`, [`server next unix@${seen} send-proxy-v2`])
}

/** Bound before the worker is locked into its jail, and seen from within it. */
function handover(scheme: Scheme, { adminSocket, dropTo }: ConfigurationOptions) {
  const next = scheme === 'http' ? 'next' : 'next-tls'
  if (dropTo === null) return { bound: `${adminSocket}.${next}`, seen: `${adminSocket}.${next}`, owner: '' }
  return { bound: `${dropTo.jail}/${next}.sock`, seen: `/${next}.sock`, owner: ` user ${dropTo.user}` }
}

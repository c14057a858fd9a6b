import { createHash } from 'node:crypto'
import type { Route, RouteTable, Target } from './front-door.ts'
import { backendName, byPath, pageBackendName } from './haproxy-maps.ts'
import { errorPages, type Page, pages, statePages, unknownHostPage, uriTooLongPage } from './pages.ts'

/**
 * HAProxy's configuration for a table that `checkTable` has accepted. Source of every keyword: HAProxy 2.6's
 * configuration manual. Maps and pages are named relative to the configuration file, so that a new set of files can be
 * checked where it lies and then put in place as a whole.
 */
export type ConfigurationOptions = {
  adminSocket: string
  httpPort: number
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
  const text = render({ routes }, options, '') + pages.map((page) => page.html).join('')
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

/** What stands behind a server's address; the same for one that is added while HAProxy runs. */
export const serverOptions = 'maxconn 2000'

export function serverAddress(target: Target): string {
  return target.address.includes(':')
    ? `[${target.address}]:${target.port}`
    : `${target.address}:${target.port}`
}

function render(table: RouteTable, options: ConfigurationOptions, identity: string): string {
  const routes = [...table.routes].sort((one, other) => (one.id < other.id ? -1 : 1))
  return `${[global(options, identity), defaults(), frontend(options), ...pageBackends(), nextWorkerBackend(options), ...routes.map(backend)].join('\n\n')}\n`
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
    // An old worker keeps a WebSocket after a reload, but neither for ever nor in any number.
    'hard-stop-after 15m',
    'mworker-max-reloads 20',
    'tune.bufsize 16384',
    'tune.maxrewrite 1024',
    // It would remember look-ups that are slow, and none of ours is: asking it costs each request more than it saves.
    'tune.pattern.cache-size 0',
    ...(options.dropTo === null
      ? []
      : [`user ${options.dropTo.user}`, `group ${options.dropTo.group}`, `chroot ${options.dropTo.jail}`]),
  ])
}

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

function frontend(options: ConfigurationOptions): string {
  return section('frontend http', [
    ...options.addresses.map(
      (address) => `bind ${address}:${options.httpPort}${address.includes(':') ? ' v6only' : ''}`,
    ),
    `bind unix@${handover(options).bound} accept-proxy mode 600${handover(options).owner}`,
    `http-request ${answer(uriTooLongPage)} if { url,length gt 8192 }`,
    ...routing(),
    ...headers(),
    `use_backend ${nextWorker} if { stopping }`,
    'use_backend %[var(txn.route)]',
    `default_backend ${unknownHost}`,
  ])
}

const unknownHost = 'page_unknown-host'
const unlessRouted = 'unless { var(txn.route) -m found }'
const ifByPath = `if { var(txn.route) -m str ${byPath} }`
const host = 'req.hdr(host),host_only,lower,rtrim(.)'

/**
 * The backend of a host and path. Rules are most of what a request costs HAProxy itself, so the common case, a host as
 * the map has it, is one look-up; the rules behind it are for other spellings and for hosts whose paths lead apart.
 */
function routing(): string[] {
  return [
    'http-request set-var(txn.route) req.hdr(host),map_str(hosts.map)',
    `http-request set-var(txn.route) ${host},map_str(hosts.map) ${unlessRouted}`,
    `http-request set-var(txn.path) path ${ifByPath}`,
    `http-request set-var(txn.route) ${host},concat(/,txn.path),map_beg(prefixes.map) ${ifByPath}`,
  ]
}

/** What an app may believe about its client is said here, whatever the client has said itself. */
function headers(): string[] {
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
    'http-request add-header X-Forwarded-Proto http',
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
    section(`backend ${unknownHost}`, [`http-request ${answer(unknownHostPage)}`]),
    ...states.map(([state, page]) =>
      section(`backend ${pageBackendName(state)}`, [`http-request ${answer(page)}`]),
    ),
  ]
}

const nextWorker = 'next_worker'

/**
 * A worker that a reload has replaced still gets requests on connections that were idle then. Its servers can no longer
 * be changed, so it passes them on to the worker that knows today's, over a socket that tells the client's address.
 */
function nextWorkerBackend(options: ConfigurationOptions): string {
  return section(`backend ${nextWorker}`, [`server next unix@${handover(options).seen} send-proxy-v2`])
}

/** Bound before the worker is locked into its jail, and seen from within it. */
function handover({ adminSocket, dropTo }: ConfigurationOptions) {
  if (dropTo === null) return { bound: `${adminSocket}.next`, seen: `${adminSocket}.next`, owner: '' }
  return { bound: `${dropTo.jail}/next.sock`, seen: '/next.sock', owner: ` user ${dropTo.user}` }
}

function backend(route: Route): string {
  return section(`backend ${backendName(route.id)}`, [
    // One app that hangs must not take every connection of the front door.
    'http-request deny deny_status 503 if { be_conn gt 4000 }',
    ...route.targets.map((target) => `server ${target.name} ${serverAddress(target)} ${serverOptions}`),
  ])
}

function answer(page: Page): string {
  return `return status ${page.status} ${body(page)}`
}

function body(page: Page): string {
  const retry = page.retryAfterSeconds === null ? '' : ` hdr Retry-After ${page.retryAfterSeconds}`
  return `content-type "text/html; charset=utf-8" file pages/${page.name}.html hdr Cache-Control no-store${retry}`
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n')
}

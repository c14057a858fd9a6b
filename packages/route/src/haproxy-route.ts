import { createHash } from 'node:crypto'
import type { Route, RouteTable, Target } from './front-door.ts'
import { authLines } from './haproxy-auth.ts'
import { backendName, ownPageBackendName } from './haproxy-maps.ts'
import { section, silent } from './haproxy-words.ts'
import type { CustomPage, RouteRules } from './route-rules.ts'

/** What stands behind a server's address; the same for one that is added while HAProxy runs. */
export const serverOptions = 'maxconn 2000'

export function serverAddress(target: Target): string {
  return target.address.includes(':')
    ? `[${target.address}]:${target.port}`
    : `${target.address}:${target.port}`
}

export function serverLine(target: Target): string {
  return `server ${target.name} ${serverAddress(target)} ${serverOptions}`
}

export function routeSection(route: Route): string {
  return section(`backend ${backendName(route.id)}`, [
    // One app that hangs must not take every connection of the front door.
    'http-request deny deny_status 503 if { be_conn gt 4000 }',
    ...(route.quiet ? [silent] : []),
    ...(route.rules === undefined ? [] : ruleLines(route.id, route.rules)),
    ...route.targets.map(serverLine),
  ])
}

/** The pages of all routes, by file name. */
export function ownPages({ routes }: RouteTable): Record<string, string> {
  const files = routes.flatMap(({ id, rules }) =>
    Object.entries(rules?.pages ?? {}).map(
      ([page, html]) => [pageFile(id, page as CustomPage), html] as const,
    ),
  )
  return Object.fromEntries(files)
}

/** Where the maps lead while a route has no targets, or is in maintenance, and has a page of its own for it. */
export function ownPageSections({ id, rules }: Route): string[] {
  const has = (['503', 'maintenance'] as const).filter((page) => rules?.pages?.[page] !== undefined)
  return has.map((page) =>
    section(`backend ${ownPageBackendName(id, page)}`, [
      `http-request return status 503 ${pageBody(id, page)}`,
    ]),
  )
}

function ruleLines(
  id: string,
  { hsts, users, maxBodyBytes, timeoutSeconds, sticky, pages }: RouteRules,
): string[] {
  return [
    ...(users ? authLines(users) : []),
    ...(maxBodyBytes === undefined ? [] : bodyLines(maxBodyBytes)),
    ...(timeoutSeconds === undefined ? [] : [`timeout server ${timeoutSeconds}s`]),
    ...(sticky ? stickyLines : []),
    ...(hsts ? [hstsLine(hsts)] : []),
    ...(['502', '503', '504'] as const)
      .filter((status) => pages?.[status] !== undefined)
      .map((status) => `http-error status ${status} ${pageBody(id, status)}`),
  ]
}

/** HAProxy does not count what streams past, so a request has to say how long it is. */
function bodyLines(maxBodyBytes: number): string[] {
  const say = (status: number, text: string) =>
    `http-request return status ${status} content-type text/plain string "${text}"`
  const tooLarge = say(413, `A request may have ${maxBodyBytes} bytes here.`)
  const unsaid = say(411, 'A request has to say its length here.')
  return [
    `${tooLarge} if { req.body_size gt ${maxBodyBytes} }`,
    `${unsaid} if { req.hdr(transfer-encoding) -m found }`,
    `${unsaid} if { method POST PUT PATCH } !{ req.hdr(content-length) -m found }`,
  ]
}

/**
 * The map holds the targets that get new requests and no other: a client whose instance is draining goes to another one,
 * and is given that one's cookie.
 */
const cookie = 'BERTH_INSTANCE'
const known = `req.cook(${cookie}),map_str(sticky.map)`
const stickyLines = [
  `http-request set-var(txn.instance) ${known}`,
  'use-server %[var(txn.instance)] if { var(txn.instance) -m found }',
  `http-response add-header Set-Cookie "${cookie}=%[srv_name,sha1,hex,bytes(0,16)]; Path=/; HttpOnly; SameSite=Lax" unless { srv_name,strcmp(txn.instance) eq 0 }`,
]

function hstsLine({ maxAgeSeconds, includeSubdomains, preload }: NonNullable<RouteRules['hsts']>): string {
  const words = [
    `max-age=${maxAgeSeconds}`,
    ...(includeSubdomains ? ['includeSubDomains'] : []),
    ...(preload ? ['preload'] : []),
  ]
  return `http-after-response set-header Strict-Transport-Security "${words.join('; ')}" if { fe_name https }`
}

function pageFile(id: string, page: CustomPage): string {
  return `own-${page}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}.html`
}

function pageBody(id: string, page: CustomPage): string {
  return `content-type "text/html; charset=utf-8" file pages/${pageFile(id, page)} hdr Cache-Control no-store`
}

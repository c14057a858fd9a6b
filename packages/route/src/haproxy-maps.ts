import { createHash } from 'node:crypto'
import type { Route, RouteTable } from './front-door.ts'

/**
 * HAProxy's maps: the file's name is also how the admin socket calls the map. Keys are unique within each.
 * `hosts.map` has where each host leads: one look-up a request. Hosts some of whose paths lead elsewhere lead to
 * `byPath`, and `prefixes.map` then tells by the longest beginning of `host/` and path. Requests over TLS have two maps
 * of their own, so that leading those without it elsewhere costs nothing.
 */
export type HaproxyMaps = Readonly<Partial<Record<MapName, ReadonlyMap<string, string>>>>

/** What is looked up first stands first: entries appear from the last of these on, and go from the first on. */
export const mapNames = [
  'hosts.map',
  'tls-hosts.map',
  'prefixes.map',
  'tls-prefixes.map',
  'redirects.map',
  'challenges.map',
  'sticky.map',
] as const
export type MapName = (typeof mapNames)[number]

/** In place of a backend. None has this name: where no prefix matches, the host is unknown. */
export const byPath = 'by_path'

/** Backends that are neither a route nor a page. */
export const redirectBackend = { http: 'redirect_http', https: 'redirect_https' } as const
export const secureBackend = 'redirect_secure'
export const challengeBackend = 'challenge'
export const challengePath = '/.well-known/acme-challenge/'

/** The maps that a configuration for this table names: those of TLS and of sticky routes only where there are such. */
export function haproxyMaps(table: RouteTable, { tls }: { tls: boolean }): HaproxyMaps {
  const { redirects = [], challenges = [] } = table
  const plain = placeMaps(placesOf(table, 'http'))
  const secure = tls ? placeMaps(placesOf(table, 'https')) : null
  return {
    'hosts.map': plain.hosts,
    ...(secure && { 'tls-hosts.map': secure.hosts }),
    'prefixes.map': plain.prefixes,
    ...(secure && { 'tls-prefixes.map': secure.prefixes }),
    'redirects.map': sorted(redirects.map(({ host, to }) => [host, to])),
    'challenges.map': sorted(challenges.map(({ token, answer }) => [token, answer])),
    ...(hasSticky(table) && { 'sticky.map': sorted(stickyNames(table)) }),
  }
}

export function hasSticky({ routes }: RouteTable): boolean {
  return routes.some(({ rules }) => rules?.sticky)
}

/** One `key value` a line. */
export function mapText(entries: ReadonlyMap<string, string>): string {
  return [...entries].map(([key, value]) => `${key} ${value}\n`).join('')
}

export function backendName(routeId: string): string {
  return `route_${routeId}`
}

/** The backend that is a page and no route. */
export function pageBackendName(state: Route['state']): string {
  return `page_${state}`
}

/** The backend of a page that an app has in place of the front door's. */
export function ownPageBackendName(routeId: string, page: '503' | 'maintenance'): string {
  return `page_${page}_${routeId}`
}

/** Undefined where the backend is not one of a route. */
export function routeIdOf(backend: string): string | undefined {
  return backend.startsWith('route_') ? backend.slice('route_'.length) : undefined
}

/** What a sticky client keeps of its target: nothing of its name can be read there. As HAProxy: `sha1,hex,bytes(0,16)`. */
export function stickyKey(targetName: string): string {
  return createHash('sha1').update(targetName).digest('hex').toUpperCase().slice(0, 16)
}

type Place = { host: string; prefix: string; destination: string }

function placesOf(
  { routes, redirects = [], challenges = [] }: RouteTable,
  scheme: 'http' | 'https',
): Place[] {
  const places = routes.flatMap((route) =>
    route.hosts.map((host) => {
      const isSecured = scheme === 'http' && route.secureHosts?.includes(host)
      return {
        host,
        prefix: route.pathPrefix ?? '',
        destination: isSecured ? secureBackend : destination(route),
      }
    }),
  )
  const elsewhere = redirects.map(({ host }) => ({ host, prefix: '', destination: redirectBackend[scheme] }))
  const challenged = new Set(scheme === 'http' ? challenges.map(({ host }) => host) : [])
  const answers = [...challenged].map((host) => ({
    host,
    prefix: challengePath,
    destination: challengeBackend,
  }))
  return [...places, ...elsewhere, ...answers]
}

function placeMaps(places: readonly Place[]) {
  const divided = new Set(places.flatMap(({ host, prefix }) => (prefix === '' ? [] : host)))
  return {
    hosts: sorted(
      places.map(({ host, destination }) => [host, divided.has(host) ? byPath : destination] as const),
    ),
    prefixes: sorted(
      places
        .filter(({ host }) => divided.has(host))
        .map(({ host, prefix, destination }) => [`${host}/${prefix}`, destination] as const),
    ),
  }
}

function destination({ id, state, targets, rules }: Route): string {
  if (state === 'maintenance')
    return rules?.pages?.maintenance === undefined
      ? pageBackendName(state)
      : ownPageBackendName(id, 'maintenance')
  if (targets.length > 0) return backendName(id)
  return rules?.pages?.['503'] === undefined ? pageBackendName(state) : ownPageBackendName(id, '503')
}

function stickyNames({ routes }: RouteTable): [string, string][] {
  const sticky = routes.filter(({ rules }) => rules?.sticky)
  return sticky.flatMap(({ targets }) => targets.map(({ name }): [string, string] => [stickyKey(name), name]))
}

function sorted(entries: readonly (readonly [string, string])[]): Map<string, string> {
  return new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
}

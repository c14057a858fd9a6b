import type { Route, RouteTable } from './front-door.ts'

/**
 * HAProxy's maps: the file's name is also how the admin socket calls the map. Keys are unique within each.
 * `hosts.map` has where each host leads: one look-up a request. Hosts some of whose paths lead elsewhere lead to
 * `byPath`, and `prefixes.map` then tells by the longest beginning of `host/` and path.
 */
export type HaproxyMaps = Record<MapName, ReadonlyMap<string, string>>

export const mapNames = ['hosts.map', 'prefixes.map'] as const
export type MapName = (typeof mapNames)[number]

/** In place of a backend. None has this name: where no prefix matches, the host is unknown. */
export const byPath = 'by_path'

export function haproxyMaps({ routes }: RouteTable): HaproxyMaps {
  const divided = new Set(routes.flatMap((route) => (route.pathPrefix === null ? [] : route.hosts)))
  const places = routes.flatMap((route) => route.hosts.map((host) => ({ host, route })))
  return {
    'hosts.map': sorted(
      places.map(({ host, route }) => [host, divided.has(host) ? byPath : destination(route)]),
    ),
    'prefixes.map': sorted(
      places
        .filter(({ host }) => divided.has(host))
        .map(({ host, route }) => [`${host}/${route.pathPrefix ?? ''}`, destination(route)]),
    ),
  }
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

/** Undefined where the backend is not one of a route. */
export function routeIdOf(backend: string): string | undefined {
  return backend.startsWith('route_') ? backend.slice('route_'.length) : undefined
}

function destination(route: Route): string {
  return route.targets.length === 0 ? pageBackendName(route.state) : backendName(route.id)
}

function sorted(entries: readonly (readonly [string, string])[]): Map<string, string> {
  return new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
}

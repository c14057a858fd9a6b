import type { Route, RouteTable } from './front-door.ts'

/** HAProxy's maps: the file's name is also how the admin socket calls the map. Keys are unique within each. */
export type HaproxyMaps = Record<MapName, ReadonlyMap<string, string>>

export const mapNames = ['hosts.map', 'prefixes.map', 'states.map'] as const
export type MapName = (typeof mapNames)[number]

export function haproxyMaps(table: RouteTable): HaproxyMaps {
  const { routes } = table
  return {
    'hosts.map': places(routes.filter((route) => route.pathPrefix === null)),
    'prefixes.map': places(routes.filter((route) => route.pathPrefix !== null)),
    'states.map': new Map(routes.map((route) => [backendName(route.id), route.state])),
  }
}

/** One `key value` a line. */
export function mapText(entries: ReadonlyMap<string, string>): string {
  return [...entries].map(([key, value]) => `${key} ${value}\n`).join('')
}

export function backendName(routeId: string): string {
  return `route_${routeId}`
}

/** Undefined where the backend is not one of a route. */
export function routeIdOf(backend: string): string | undefined {
  return backend.startsWith('route_') ? backend.slice('route_'.length) : undefined
}

function places(routes: readonly Route[]): Map<string, string> {
  const entries = routes.flatMap((route) =>
    route.hosts.map((host) => [host + (route.pathPrefix ?? ''), backendName(route.id)] as const),
  )
  return new Map(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

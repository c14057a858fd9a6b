import type { FrontDoor, RouteTable } from './front-door.ts'
import type { RouteOfHost } from './parse-access-line.ts'

/** A front door, and whose a host is by the last table that it was given. */
export function rememberHosts(door: FrontDoor): { frontDoor: FrontDoor; routeOfHost: RouteOfHost } {
  let places: ReadonlyMap<string, readonly Place[]> = new Map()
  return {
    frontDoor: {
      ...door,
      apply(table) {
        places = placesOf(table)
        return door.apply(table)
      },
    },
    routeOfHost(host, path) {
      const candidates = places.get(host) ?? places.get(host.replace(/^[^.]+/, '*')) ?? []
      return candidates.find(({ prefix }) => path.startsWith(prefix))?.routeId
    },
  }
}

type Place = { prefix: string; routeId: string }

/** The longest prefix of a host stands first. */
function placesOf({ routes }: RouteTable): Map<string, Place[]> {
  const places = new Map<string, Place[]>()
  for (const { id, hosts, pathPrefix, quiet } of routes) {
    if (quiet) continue
    const place = { prefix: pathPrefix ?? '', routeId: id }
    for (const host of hosts) places.set(host, [...(places.get(host) ?? []), place])
  }
  for (const of of places.values()) of.sort((one, other) => other.prefix.length - one.prefix.length)
  return places
}

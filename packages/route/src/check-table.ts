import { isIP } from 'node:net'
import { routeError } from './errors.ts'
import type { Route, RouteTable } from './front-door.ts'

/**
 * The one gate before HAProxy's configuration, its maps and its sockets: whatever passes holds no blank, quote,
 * backslash, semicolon, `#` or line end, so nothing in it can become a word or a command of its own.
 */

const id = /^[A-Za-z0-9-]{1,64}$/
const targetName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const host =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/
const prefix = /^\/[A-Za-z0-9/._~-]{0,199}$/

export const states = ['starting', 'live', 'crashed', 'stopped', 'empty'] as const

/** @throws ROUTE.TABLE_INVALID */
export function checkTable(table: RouteTable): void {
  const ids = new Set<string>()
  const places = new Set<string>()
  for (const route of table.routes) {
    checkRoute(route)
    takeOnce(ids, route.id, route, 'its id occurs twice')
    for (const name of route.hosts) {
      takeOnce(places, name + (route.pathPrefix ?? ''), route, `${name} leads to two routes`)
    }
  }
}

function checkRoute(route: Route): void {
  require(id.test(route.id), route, 'its id is not made of letters, digits and dashes')
  require(states.includes(route.state), route, 'its state is unknown')
  for (const name of route.hosts) require(host.test(name), route, 'a host is not a lower-case host name')
  const path = route.pathPrefix
  require(path === null ||
    (prefix.test(path) && !path.includes('//')), route, 'its path prefix is not a plain path')
  checkTargets(route)
}

function checkTargets(route: Route): void {
  const names = new Set<string>()
  for (const target of route.targets) {
    require(targetName.test(target.name), route, "a target's name holds more than letters, digits, . _ and -")
    require(isIP(target.address) !== 0 && !target.address.includes('%'), route, 'a target has no IP address')
    const { port } = target
    require(Number.isInteger(port) && port >= 1 && port <= 65_535, route, 'a target has no valid port')
    takeOnce(names, target.name, route, `the target ${target.name} occurs twice`)
  }
}

function takeOnce(seen: Set<string>, key: string, route: Route, otherwise: string): void {
  require(!seen.has(key), route, otherwise)
  seen.add(key)
}

function require(holds: boolean, route: Route, otherwise: string): void {
  if (!holds) throw routeError['ROUTE.TABLE_INVALID']({ routeId: String(route.id), reason: otherwise })
}

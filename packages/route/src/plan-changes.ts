import type { Route, RouteTable, Target } from './front-door.ts'
import { serverAddress, serverOptions } from './haproxy-configuration.ts'
import {
  backendName,
  type HaproxyMaps,
  haproxyMaps,
  type MapName,
  mapNames,
  routeIdOf,
} from './haproxy-maps.ts'

/**
 * What differs between a running HAProxy and a table, as changes that need no reload. Given that both have the same
 * backends (`configurationIdentity`). New targets come first, then names, then what is to go: at no moment does a host
 * lead to fewer targets than before and after, or to a path that leads nowhere yet.
 */
export type Change =
  | { kind: 'add-server'; backend: string; target: Target }
  | { kind: 'move-server'; backend: string; target: Target }
  | { kind: 'open-server'; backend: string; name: string }
  | { kind: 'add-entry'; map: MapName; key: string; value: string }
  | { kind: 'set-entry'; map: MapName; key: string; value: string }
  | { kind: 'delete-entry'; map: MapName; key: string }
  | { kind: 'drain-server'; backend: string; name: string }
  /** No new requests go there any more; once it has no sessions it can be deleted. */
  | { kind: 'forget-server'; backend: string; name: string }

export type RuntimeServer = {
  backend: string
  name: string
  address: string
  port: number
  admin: 'open' | 'drain' | 'closed'
}

export type RuntimeState = {
  identity: string
  servers: readonly RuntimeServer[]
  /** As HAProxy lists them: a key that was added twice is there twice. */
  maps: Readonly<Record<MapName, readonly (readonly [key: string, value: string])[]>>
}

export function planChanges(current: RuntimeState, table: RouteTable): Change[] {
  const wanted = haproxyMaps(table)
  const there = new Map(current.servers.map((server) => [`${server.backend}/${server.name}`, server]))
  return [
    ...table.routes.flatMap((route) => missingServers(there, route)),
    ...mapNames.toReversed().flatMap((map) => missingEntries(current.maps[map], wanted, map)),
    ...mapNames.flatMap((map) => surplusEntries(current.maps[map], wanted, map)),
    ...surplusServers(current, table),
  ]
}

/** The words for the admin socket. `forget-server` is a conversation: the driver carries it out. */
export function adminCommand(change: Exclude<Change, { kind: 'forget-server' }>): string {
  switch (change.kind) {
    case 'add-server':
      return `add server ${change.backend}/${change.target.name} ${serverAddress(change.target)} ${serverOptions}`
    case 'move-server':
      return `set server ${change.backend}/${change.target.name} addr ${change.target.address} port ${change.target.port}`
    case 'open-server':
      return `set server ${change.backend}/${change.name} state ready`
    case 'drain-server':
      return `set server ${change.backend}/${change.name} state drain`
    case 'add-entry':
      return `add map ${change.map} ${change.key} ${change.value}`
    case 'set-entry':
      return `set map ${change.map} ${change.key} ${change.value}`
    case 'delete-entry':
      return `del map ${change.map} ${change.key}`
  }
}

function missingServers(there: ReadonlyMap<string, RuntimeServer>, route: Route): Change[] {
  const backend = backendName(route.id)
  return route.targets.flatMap((target): Change[] => {
    const server = there.get(`${backend}/${target.name}`)
    const open: Change = { kind: 'open-server', backend, name: target.name }
    if (server === undefined) return [{ kind: 'add-server', backend, target }, open]
    const moved = server.address !== target.address || server.port !== target.port
    const move: Change = { kind: 'move-server', backend, target }
    return [...(moved ? [move] : []), ...(server.admin === 'open' ? [] : [open])]
  })
}

function surplusServers(current: RuntimeState, table: RouteTable): Change[] {
  const wanted = new Set(
    table.routes.flatMap((route) => route.targets.map(({ name }) => `${backendName(route.id)}/${name}`)),
  )
  return current.servers
    .filter(({ backend, name }) => routeIdOf(backend) !== undefined && !wanted.has(`${backend}/${name}`))
    .map(({ backend, name, admin }) => ({
      kind: admin === 'open' ? 'drain-server' : 'forget-server',
      backend,
      name,
    }))
}

type Entries = RuntimeState['maps'][MapName]

/** A value is set in one step, so that a host leads somewhere at every moment. Equal copies of an entry do no harm. */
function missingEntries(there: Entries, wanted: HaproxyMaps, map: MapName): Change[] {
  const known = new Set(there.map(([key]) => key))
  const wrong = new Set(there.filter(([key, value]) => wanted[map].get(key) !== value).map(([key]) => key))
  return [...wanted[map]].flatMap(([key, value]): Change[] => {
    if (!known.has(key)) return [{ kind: 'add-entry', map, key, value }]
    return wrong.has(key) ? [{ kind: 'set-entry', map, key, value }] : []
  })
}

function surplusEntries(there: Entries, wanted: HaproxyMaps, map: MapName): Change[] {
  const surplus = new Set(there.map(([key]) => key).filter((key) => !wanted[map].has(key)))
  return [...surplus].map((key): Change => ({ kind: 'delete-entry', map, key }))
}

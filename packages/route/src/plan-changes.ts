import { certificateName } from './certificate-name.ts'
import type { RouteTable, ServedCertificate, Target } from './front-door.ts'
import {
  backendName,
  type HaproxyMaps,
  haproxyMaps,
  type MapName,
  mapNames,
  routeIdOf,
} from './haproxy-maps.ts'
import { portBackendName, portOfBackend } from './haproxy-port.ts'
import { serverAddress, serverOptions } from './haproxy-route.ts'

/**
 * What differs between a running HAProxy and a table, as changes that need no reload. Given that both have the same
 * backends (`configurationIdentity`). New targets come first, then names, then what is to go: at no moment does a host
 * lead to fewer targets than before and after, or to a path that leads nowhere yet.
 */
export type Change =
  /** Shown from then on, to whoever asks for one of its hosts. */
  | { kind: 'add-certificate'; certificate: ServedCertificate }
  | { kind: 'add-server'; backend: string; target: Target }
  | { kind: 'move-server'; backend: string; target: Target }
  | { kind: 'open-server'; backend: string; name: string }
  | { kind: 'add-entry'; map: MapName; key: string; value: string }
  | { kind: 'set-entry'; map: MapName; key: string; value: string }
  | { kind: 'delete-entry'; map: MapName; key: string }
  | { kind: 'drain-server'; backend: string; name: string }
  /** No new requests go there any more; once it has no sessions it can be deleted. */
  | { kind: 'forget-server'; backend: string; name: string }
  | { kind: 'remove-certificate'; name: string }

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
  maps: Readonly<Partial<Record<MapName, readonly (readonly [key: string, value: string])[]>>>
  /** Those that HAProxy holds, whether it shows them (`listed`) or a crash came between; null: it speaks no TLS. */
  certificates: { listed: readonly string[]; held: readonly string[] } | null
}

export function planChanges(current: RuntimeState, table: RouteTable): Change[] {
  const wanted = haproxyMaps(table, { tls: current.certificates !== null })
  const names = mapNames.filter((name) => wanted[name] !== undefined)
  const there = new Map(current.servers.map((server) => [`${server.backend}/${server.name}`, server]))
  return [
    ...missingCertificates(current, table),
    ...backendsOf(table).flatMap((backend) => missingServers(there, backend)),
    ...names.toReversed().flatMap((map) => missingEntries(current.maps[map] ?? [], wanted, map)),
    ...names.flatMap((map) => surplusEntries(current.maps[map] ?? [], wanted, map)),
    ...surplusServers(current, table),
    ...surplusCertificates(current, table),
  ]
}

/** What is more than one question to the admin socket: the driver carries it out. */
type Conversation = Extract<Change, { kind: 'forget-server' | 'add-certificate' | 'remove-certificate' }>

/** The words for the admin socket. */
export function adminCommand(change: Exclude<Change, Conversation>): string {
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

type Backend = { backend: string; targets: readonly Target[] }

/** Those of routes and those of ports: servers are changed alike. */
function backendsOf({ routes, ports = [] }: RouteTable): Backend[] {
  return [
    ...routes.map(({ id, targets }) => ({ backend: backendName(id), targets })),
    ...ports.map(({ port, targets }) => ({ backend: portBackendName(port), targets })),
  ]
}

function missingServers(there: ReadonlyMap<string, RuntimeServer>, { backend, targets }: Backend): Change[] {
  return targets.flatMap((target): Change[] => {
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
    backendsOf(table).flatMap(({ backend, targets }) => targets.map(({ name }) => `${backend}/${name}`)),
  )
  return current.servers
    .filter(({ backend, name }) => isOurs(backend) && !wanted.has(`${backend}/${name}`))
    .map(({ backend, name, admin }) => ({
      kind: admin === 'open' ? 'drain-server' : 'forget-server',
      backend,
      name,
    }))
}

function isOurs(backend: string): boolean {
  return routeIdOf(backend) !== undefined || portOfBackend(backend) !== undefined
}

function missingCertificates({ certificates }: RuntimeState, table: RouteTable): Change[] {
  if (certificates === null) return []
  const listed = new Set(certificates.listed)
  const missing = (table.certificates ?? []).filter((wanted) => !listed.has(certificateName(wanted)))
  return missing.map((certificate) => ({ kind: 'add-certificate', certificate }))
}

/** Only once those are there that come in their place. */
function surplusCertificates({ certificates }: RuntimeState, table: RouteTable): Change[] {
  if (certificates === null) return []
  const wanted = new Set((table.certificates ?? []).map(certificateName))
  const there = new Set([...certificates.listed, ...certificates.held])
  return [...there].filter((name) => !wanted.has(name)).map((name) => ({ kind: 'remove-certificate', name }))
}

type Entries = NonNullable<RuntimeState['maps'][MapName]>

/** A value is set in one step, so that a host leads somewhere at every moment. Equal copies of an entry do no harm. */
function missingEntries(there: Entries, wanted: HaproxyMaps, map: MapName): Change[] {
  const known = new Set(there.map(([key]) => key))
  const entries = wanted[map] ?? new Map<string, string>()
  const wrong = new Set(there.filter(([key, value]) => entries.get(key) !== value).map(([key]) => key))
  return [...entries].flatMap(([key, value]): Change[] => {
    if (!known.has(key)) return [{ kind: 'add-entry', map, key, value }]
    return wrong.has(key) ? [{ kind: 'set-entry', map, key, value }] : []
  })
}

function surplusEntries(there: Entries, wanted: HaproxyMaps, map: MapName): Change[] {
  const surplus = new Set(there.map(([key]) => key).filter((key) => !wanted[map]?.has(key)))
  return [...surplus].map((key): Change => ({ kind: 'delete-entry', map, key }))
}

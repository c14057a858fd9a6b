import type { PortRoute, RouteTable } from './front-door.ts'
import type { ConfigurationOptions } from './haproxy-configuration.ts'
import { serverLine } from './haproxy-route.ts'
import { section } from './haproxy-words.ts'

/** One app's ports must not take every connection of the front door. */
const mostConnections = 500

/** Undefined where the backend is not one of a port. */
export function portOfBackend(backend: string): number | undefined {
  const [, port] = /^port_(\d{1,5})$/.exec(backend) ?? []
  return port === undefined ? undefined : Number(port)
}

export function portBackendName(port: number): string {
  return `port_${port}`
}

/**
 * Ports that pass bytes on. They stand last: what is said of them by name would count for every section behind it. Silence
 * ends a connection as it ends a WebSocket.
 */
export function portSections({ ports = [] }: RouteTable, options: ConfigurationOptions): string[] {
  if (ports.length === 0) return []
  const sorted = [...ports].sort((one, other) => one.port - other.port)
  return [defaults(), ...sorted.map((port) => listen(port, options))]
}

function defaults(): string {
  return section('defaults ports', [
    'mode tcp',
    'timeout connect 2s',
    'timeout client 1h',
    'timeout server 1h',
    'timeout client-fin 10s',
    'timeout server-fin 10s',
    'timeout queue 15s',
    'retries 3',
    'option redispatch 1',
    // A peer that went without a word is noticed.
    'option clitcpka',
    'option srvtcpka',
    'balance leastconn',
  ])
}

function listen({ port, targets }: PortRoute, { addresses, trustedProxies }: ConfigurationOptions): string {
  return section(`listen ${portBackendName(port)} from ports`, [
    ...addresses.map((address) => `bind ${address}:${port}${address.includes(':') ? ' v6only' : ''}`),
    `maxconn ${mostConnections}`,
    ...(trustedProxies.length === 0
      ? []
      : [`tcp-request connection expect-proxy layer4 if { src ${trustedProxies.join(' ')} }`]),
    ...targets.map(serverLine),
  ])
}

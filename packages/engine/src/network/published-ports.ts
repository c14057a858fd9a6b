import { createSocket } from 'node:dgram'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, isIPv4, isIPv6 } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, type CommandRunner, command } from '@berth/command'
import { containerError, startFailed } from '../container/errors.ts'
import type { PublishedPort } from '../engine.ts'
import { inPidsOf } from '../system/namespaces.ts'
import { ipv6Bytes } from './ipv6.ts'

/**
 * Ports of the machine that lead into containers, and that obey its firewall: a process listens on the machine, so what
 * comes passes the machine's own INPUT rules (ufw's, firewalld's, a person's) like anything that it serves. Docker
 * rewrites packets before those rules instead, which then never see them; no rule of ours could ask them.
 *
 * - One socat a port, with a process for each connection. It runs among the container's processes, as a stranger whom
 *   none of them may touch, so the kernel ends it with the container, whether the engine is there or not.
 * - TCP and UDP, on IPv4 and IPv6 addresses of the machine, or `::` for all of IPv6 alone; inside it is IPv4, which every
 *   program listens on that is not told otherwise.
 * - The container sees the machine as its client, not who is behind it. What needs to know that goes by the front door.
 * - At most 512 connections at a time a port. A UDP peer is forgotten after a minute of silence.
 */
const mostConnections = 512
const silentPeerSeconds = 60
const backlog = 1024
/** From starting socat to its listening. */
const listenTimeoutMs = 5_000

/** Returns them with the ports that were found for 0. @throws CONTAINER.INVALID, CONTAINER.PORT_TAKEN */
export async function publishPorts(
  commands: CommandRunner,
  ports: readonly PublishedPort[],
  to: { pid: number; address: string },
): Promise<PublishedPort[]> {
  const published: PublishedPort[] = []
  for (const port of ports) published.push(await publish(commands, port, to))
  return published
}

/** @throws CONTAINER.INVALID */
export function assertPorts(ports: readonly PublishedPort[], network: 'bridge' | 'none'): void {
  for (const { containerPort, hostPort, hostAddress } of ports) {
    if (!isPort(containerPort) || containerPort === 0) throw invalid('port of a container', containerPort)
    if (!isPort(hostPort)) throw invalid('port to publish', hostPort)
    const isAddress = hostAddress === null || isIPv4(hostAddress) || isIPv6(hostAddress)
    if (!isAddress || hostAddress?.includes('%')) throw invalid('address of this machine', hostAddress)
  }
  if (ports.length > 0 && network === 'none') throw invalid('network to publish ports of', network)
}

async function publish(
  commands: CommandRunner,
  port: PublishedPort,
  to: { pid: number; address: string },
): Promise<PublishedPort> {
  const hostPort = await freePort(port)
  const chosen = { ...port, hostPort }
  // It lets go of its parent, so that this process neither waits for it nor is waited for.
  const detached = command('setsid', '--fork', ...forwarder(chosen, to.address).argv)
  inPidsOf(to.pid, () => commands.start(detached, { stdio: ['ignore', 'ignore', 'ignore'] }))
  for (const end = Date.now() + listenTimeoutMs; !(await isTaken(chosen)); await pause(2)) {
    if (Date.now() > end)
      throw startFailed(`nothing came to listen on port ${hostPort} (is socat installed?)`)
  }
  return chosen
}

/** Every address: of both families where the machine has both. */
export function forwarder(
  { protocol, containerPort, hostAddress, hostPort }: PublishedPort,
  address: string,
): Command {
  const kind = protocol.toUpperCase()
  const six = hostAddress === null ? hasIpv6() : isIPv6(hostAddress)
  const options = [
    ...(hostAddress === null ? [] : [`bind=${six ? `[${hostAddress}]` : hostAddress}`]),
    ...(six ? [`ipv6only=${hostAddress === null ? 0 : 1}`] : []),
    ...['reuseaddr', 'fork', `max-children=${mostConnections}`, 'su=nobody'],
    ...(protocol === 'tcp' ? [`backlog=${backlog}`] : []),
  ]
  const quiet = protocol === 'udp' ? ['-T', String(silentPeerSeconds)] : []
  return command(
    'socat',
    ...quiet,
    `${kind}${six ? 6 : 4}-LISTEN:${hostPort},${options.join(',')}`,
    `${kind}4:${address}:${containerPort}`,
  )
}

/** @throws CONTAINER.PORT_TAKEN, CONTAINER.INVALID: no address of this machine */
async function freePort(port: PublishedPort): Promise<number> {
  try {
    return await (port.protocol === 'tcp' ? tryTcp(port) : tryUdp(port))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRNOTAVAIL') throw invalid('address of this machine', port.hostAddress)
    if (code !== 'EADDRINUSE') throw error
    const words = `${port.hostAddress ?? '*'}:${port.hostPort}/${port.protocol}`
    throw containerError['CONTAINER.PORT_TAKEN']({ port: words, by: 'another container or program' })
  }
}

/** Asked of the kernel's tables, because trying would be in the way of who is about to. */
async function isTaken(port: PublishedPort): Promise<boolean> {
  const paths = [`/proc/net/${port.protocol}`, `/proc/net/${port.protocol}6`]
  const tables = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))
  return tables.some((table) => listens(table, port))
}

/**
 * Whether one of the kernel's tables of sockets knows one that listens there: an address has its bytes in the machine's order,
 * four at a time. Source: proc(5), /proc/net/tcp6.
 */
export function listens(table: string, { protocol, hostAddress, hostPort }: PublishedPort): boolean {
  const number = hostPort.toString(16).toUpperCase().padStart(4, '0')
  const wanted = `${addressWords(hostAddress ?? everyAddress())}:${number}`
  const bound = { tcp: '0A', udp: '07' }[protocol]
  return table.split('\n').some((line) => {
    const [, local, , state] = line.trim().split(/\s+/)
    return local === wanted && state === bound
  })
}

function addressWords(address: string): string {
  const bytes = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number))
  return bytes.swap32().toString('hex').toUpperCase()
}

function tryTcp({ hostAddress, hostPort }: PublishedPort): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: hostPort, host: hostAddress ?? everyAddress(), exclusive: true }, () => {
      const found = server.address() as { port: number }
      server.close(() => resolve(found.port))
    })
  })
}

function tryUdp({ hostAddress, hostPort }: PublishedPort): Promise<number> {
  const address = hostAddress ?? everyAddress()
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => socket.close(() => reject(error)))
    socket.bind({ port: hostPort, address, exclusive: true }, () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}

function everyAddress(): string {
  return hasIpv6() ? '::' : '0.0.0.0'
}

/** Where the machine has it switched on. */
function hasIpv6(): boolean {
  const addresses = '/proc/net/if_inet6'
  return existsSync(addresses) && readFileSync(addresses, 'utf8') !== ''
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535
}

function invalid(what: string, given: unknown) {
  return containerError['CONTAINER.INVALID']({ what, given: String(given) })
}

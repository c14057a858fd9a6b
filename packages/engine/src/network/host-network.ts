import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'
import { type Block, parseBlock } from './ipv4.ts'

/** What the machine's network looks like, as far as containers are concerned. */
export type HostNetwork = {
  /** Blocks that addresses and routes of the machine use; the default route is not one of them. */
  taken: readonly Block[]
  /** Of the ways out, the narrowest: packets of containers must fit it. */
  mtu: number
}

const routes = z.array(z.object({ dst: z.string(), dev: z.string().optional(), type: z.string().optional() }))
const links = z.array(z.object({ ifname: z.string(), mtu: z.number() }))

export async function readHostNetwork(commands: CommandRunner): Promise<HostNetwork> {
  const [routeTable, ways6, linkTable] = await Promise.all([
    commands.run(command('ip', '-json', '-4', 'route', 'show', 'table', 'all')),
    // Nothing, where the kernel has no IPv6.
    commands.run(command('ip', '-json', '-6', 'route', 'show', 'default'), { okStatuses: [0, 1, 2] }),
    commands.run(command('ip', '-json', 'link', 'show')),
  ])
  const known = routes.parse(JSON.parse(routeTable.stdout || '[]'))
  const ways = [...known, ...routes.parse(JSON.parse(ways6.stdout || '[]'))]
    .filter((route) => route.dst === 'default')
    .map((route) => route.dev)
  const mtus = links
    .parse(JSON.parse(linkTable.stdout || '[]'))
    .filter((link) => ways.includes(link.ifname))
    .map((link) => link.mtu)
  return {
    taken: known.filter((route) => route.dst !== 'default').map((route) => parseBlock(route.dst)),
    mtu: Math.min(1500, ...mtus),
  }
}

const stubResolver = '/etc/resolv.conf'
/** Where systemd-resolved keeps the servers that it asks itself. Source: systemd-resolved.service(8). */
const resolvedServers = '/run/systemd/resolve/resolv.conf'
/** Docker's choice too where a machine has only resolvers on its loopback, which no container can reach. */
const publicServers = ['8.8.8.8', '8.8.4.4']

export type Resolvers = { servers: readonly string[]; search: readonly string[]; options: readonly string[] }

/**
 * The name servers that containers ask: the machine's own, if they can be reached from elsewhere than loopback. Those with
 * an IPv6 address count where there is no other, and containers have IPv6: the first one must answer, or every name takes
 * seconds, and firewalls that let containers out in one family are common.
 */
export async function readResolvers(
  hasIpv6: boolean,
  paths = [stubResolver, resolvedServers],
): Promise<Resolvers> {
  const files = (await Promise.all(paths.map(readIfThere))).map(parseResolvers)
  const among = (family: 4 | 6) =>
    files
      .map((file) => ({
        ...file,
        servers: file.servers.filter((server) => isIP(server) === family).slice(0, 3),
      }))
      .find((file) => file.servers.length > 0)
  const usable = among(4) ?? (hasIpv6 ? among(6) : undefined)
  return usable ?? { search: files[0]?.search ?? [], options: [], servers: publicServers }
}

/** With the servers that can be reached from elsewhere. */
function parseResolvers(text: string): Resolvers {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  const values = (keyword: string) =>
    lines.filter((line) => line[0] === keyword).flatMap((line) => line.slice(1))
  return {
    servers: values('nameserver').filter((server) => isIP(server) !== 0 && !ofOneLink.test(server)),
    search: values('search').slice(0, 6),
    options: values('options').filter((option) => option !== 'trust-ad'),
  }
}

/** Loopback, none, link-local, or with a zone. */
const ofOneLink = /^127\.|^0\.0\.0\.0$|^::1?$|^fe[89ab]|%/i

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

import { readFile } from 'node:fs/promises'
import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'
import { type Block, parseBlock } from './ipv4.ts'

/** What the machine's network looks like, as far as containers are concerned. */
export type HostNetwork = {
  /** Blocks that addresses and routes of the machine use; the default route is not one of them. */
  taken: readonly Block[]
  /** Of the way out: packets of containers must fit it. */
  mtu: number
}

const routes = z.array(z.object({ dst: z.string(), dev: z.string().optional(), type: z.string().optional() }))
const links = z.array(z.object({ ifname: z.string(), mtu: z.number() }))

export async function readHostNetwork(commands: CommandRunner): Promise<HostNetwork> {
  const [routeTable, linkTable] = await Promise.all([
    commands.run(command('ip', '-json', '-4', 'route', 'show', 'table', 'all')),
    commands.run(command('ip', '-json', 'link', 'show')),
  ])
  const known = routes.parse(JSON.parse(routeTable.stdout || '[]'))
  const way = known.find((route) => route.dst === 'default')?.dev
  const mtu = links.parse(JSON.parse(linkTable.stdout || '[]')).find((link) => link.ifname === way)?.mtu
  return {
    taken: known.filter((route) => route.dst !== 'default').map((route) => parseBlock(route.dst)),
    mtu: Math.min(mtu ?? 1500, 1500),
  }
}

const stubResolver = '/etc/resolv.conf'
/** Where systemd-resolved keeps the servers that it asks itself. Source: systemd-resolved.service(8). */
const resolvedServers = '/run/systemd/resolve/resolv.conf'
/** Docker's choice too where a machine has only resolvers on its loopback, which no container can reach. */
const publicServers = ['8.8.8.8', '8.8.4.4']

export type Resolvers = { servers: readonly string[]; search: readonly string[]; options: readonly string[] }

/** The IPv4 name servers that containers ask: the machine's own, if they can be reached from elsewhere than loopback. */
export async function readResolvers(paths = [stubResolver, resolvedServers]): Promise<Resolvers> {
  const files = await Promise.all(paths.map(readIfThere))
  const parsed = files.map(parseResolvers)
  const usable = parsed.find((file) => file.servers.length > 0)
  return usable ?? { search: parsed[0]?.search ?? [], options: [], servers: publicServers }
}

function parseResolvers(text: string): Resolvers {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  const values = (keyword: string) =>
    lines.filter((line) => line[0] === keyword).flatMap((line) => line.slice(1))
  const reachable = (server: string) => /^\d+(\.\d+){3}$/.test(server) && !/^(127\.|0\.0\.0\.0$)/.test(server)
  return {
    servers: values('nameserver').filter(reachable).slice(0, 3),
    search: values('search').slice(0, 6),
    options: values('options').filter((option) => option !== 'trust-ad'),
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

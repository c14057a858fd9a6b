import { writeFile } from 'node:fs/promises'
import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'
import { containerError } from '../container/errors.ts'
import type { Group, GroupRecords } from '../container/group-records.ts'
import type { EnginePlaces } from '../sandbox/engine-places.ts'
import { chooseSubnet } from './choose-subnet.ts'
import { addGroupToFirewall, applyFirewall, removeFirewall } from './firewall.ts'
import { type Resolvers, readHostNetwork, readResolvers } from './host-network.ts'
import { formatAddress, formatBlock, parseBlock } from './ipv4.ts'

/**
 * A bridge per group, a pair of virtual cables per container. Few programs are called, because each costs a
 * millisecond: one `ip` on the machine, one in the container's network namespace.
 *
 * Nothing here is remembered but which group has which subnet: cables end with their container's network namespace,
 * and what a crash left is cleared by `recover`.
 */
export type Networks = {
  resolvers: Resolvers
  /** Takes a free address of the group's network for a container: given back with `release`. */
  reserve(group: Group): Promise<Reservation>
  /** Connects the network namespace of a process; the address works when this returns. */
  attach(reservation: Reservation, pid: number, options: { isolated: boolean }): Promise<void>
  release(reservation: Reservation): void
  /** An address that a container found running has: nobody else gets it. */
  adopt(group: Group, address: string): Promise<Reservation>
  /** The group's bridge goes, if nothing is connected to it. */
  removeBridge(group: Group): Promise<void>
  /** Removes cables and bridges of this engine that belong to none of these groups' running containers. */
  recover(reservations: readonly Reservation[]): Promise<void>
  /** Everything of this engine in the machine's network goes. */
  destroy(): Promise<void>
}

export type Reservation = { group: Group; bridge: string; subnet: string; address: string; cable: string }

type Network = { bridge: string; subnet: string; used: Set<number>; last: number; ready: Promise<void> }

/** Inside: as Docker calls it. */
const insideName = 'eth0'

export async function openNetworks(options: {
  commands: CommandRunner
  places: EnginePlaces
  groups: GroupRecords
}): Promise<Networks> {
  const { commands, places, groups } = options
  const firewall = { table: places.nftTable, bridgePrefix: places.bridgePrefix }
  const networks = new Map<number, Network>()
  /** Bridges on their way out: one of the same name is made only afterwards. */
  const leaving = new Map<number, Promise<void>>()
  const resolvers = await readResolvers()
  const host = await readHostNetwork(commands)
  const bridgeName = (group: Group) => `${places.bridgePrefix}${group.place.toString(16).padStart(3, '0')}`
  let choosing: Promise<unknown> = Promise.resolve()

  await routePackets()
  await applyFirewall(commands, firewall, {
    groups: groups
      .all()
      .flatMap((group) =>
        group.subnet === null ? [] : [{ bridge: bridgeName(group), subnet: group.subnet }],
      ),
    resolvers: resolvers.servers,
  })

  const chooseFor = async (group: Group): Promise<string> => {
    const now = await readHostNetwork(commands)
    const ours = groups.all().flatMap((each) => each.subnet ?? [])
    const taken = [...now.taken, ...[...ours, ...resolvers.servers].map(parseBlock)]
    const subnet = formatBlock(chooseSubnet(group.place, taken))
    await groups.update({ ...group, subnet, usedAt: new Date() })
    await addGroupToFirewall(commands, firewall, { bridge: bridgeName(group), subnet })
    return subnet
  }
  const subnetOf = (group: Group): Promise<string> => {
    const known = () => groups.all().find((each) => each.name === group.name)?.subnet ?? null
    const mine = choosing.then(async () => known() ?? (await chooseFor(group)))
    choosing = mine.catch(() => undefined)
    return mine
  }
  const networkOf = async (group: Group): Promise<Network> => {
    const subnet = await subnetOf(group)
    const known = networks.get(group.place)
    if (known !== undefined) return known
    const bridge = bridgeName(group)
    const gone = leaving.get(group.place) ?? Promise.resolve()
    const ready = gone.then(() => makeBridge(commands, { bridge, subnet, mtu: host.mtu }))
    const network = {
      bridge,
      subnet,
      used: new Set<number>(),
      last: Math.floor(Math.random() * mostHosts),
      ready,
    }
    networks.set(group.place, network)
    ready.catch(() => networks.delete(group.place))
    return network
  }
  const reservation = (group: Group, network: Network, host: number): Reservation => ({
    group,
    bridge: network.bridge,
    subnet: network.subnet,
    address: formatAddress(parseBlock(network.subnet).base + host),
    cable: `${places.vethPrefix}${hexOf(group.place)}${hexOf(host)}`,
  })

  return {
    resolvers,
    async reserve(group) {
      const network = await networkOf(group)
      const host = nextHost(network)
      network.used.add(host)
      return reservation(group, network, host)
    },
    async adopt(group, address) {
      const network = await networkOf(group)
      const host = parseBlock(address).base - parseBlock(network.subnet).base
      network.used.add(host)
      return reservation(group, network, host)
    },
    async attach(reserved, pid, { isolated }) {
      await networks.get(reserved.group.place)?.ready
      await ipBatch(commands, cableCommands(reserved, { pid, isolated, mtu: host.mtu }))
      await ipBatch(commands, insideCommands(reserved), pid)
    },
    release({ group, subnet, address }) {
      networks.get(group.place)?.used.delete(parseBlock(address).base - parseBlock(subnet).base)
    },
    async removeBridge(group) {
      const network = networks.get(group.place)
      if (network === undefined || network.used.size > 0) return
      networks.delete(group.place)
      const gone = network.ready.then(() => removeLinks(commands, [network.bridge]))
      leaving.set(
        group.place,
        gone.catch(() => undefined),
      )
      await gone
    },
    async recover(reservations) {
      const kept = new Set(reservations.flatMap(({ bridge, cable }) => [bridge, cable]))
      const links = await ownLinks(commands, places)
      await removeLinks(
        commands,
        links.filter((name) => !kept.has(name)),
      )
    },
    async destroy() {
      await removeLinks(commands, await ownLinks(commands, places))
      await removeFirewall(commands, firewall)
    },
  }
}

/** Host 1 is the bridge itself; the last address is the broadcast. */
const mostHosts = 1022

/** Goes round, so that an address is not given to a new container while others may still know it as the old one's. */
function nextHost(network: Network): number {
  for (let step = 1; step < mostHosts; step += 1) {
    const host = 2 + ((network.last + step) % (mostHosts - 1))
    if (network.used.has(host)) continue
    network.last = host - 2
    return host
  }
  throw containerError['CONTAINER.NO_ROOM']({ what: 'network address' })
}

function hexOf(number: number): string {
  return number.toString(16).padStart(3, '0')
}

async function makeBridge(
  commands: CommandRunner,
  { bridge, subnet, mtu }: { bridge: string; subnet: string; mtu: number },
): Promise<void> {
  const gateway = `${formatAddress(parseBlock(subnet).base + 1)}/${parseBlock(subnet).prefix}`
  const exists =
    (await commands.run(command('ip', 'link', 'show', 'dev', bridge), { okStatuses: [0, 1] })).status === 0
  if (!exists)
    await ipBatch(commands, [`link add ${bridge} mtu ${mtu} type bridge stp_state 0 forward_delay 0`])
  // No IPv6 on the machine's side of it: a link-local address would be a way in that no rule was meant for.
  await writeFile(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1').catch(absent)
  await ipBatch(commands, [`addr replace ${gateway} dev ${bridge}`, `link set ${bridge} up`])
}

function cableCommands(
  { cable, bridge }: Reservation,
  { pid, isolated, mtu }: { pid: number; isolated: boolean; mtu: number },
): string[] {
  return [
    `link add ${cable} mtu ${mtu} type veth peer name ${insideName} mtu ${mtu} netns ${pid}`,
    `link set ${cable} master ${bridge} addrgenmode none up`,
    ...(isolated ? [`link set ${cable} type bridge_slave isolated on`] : []),
  ]
}

function insideCommands({ address, subnet }: Reservation): string[] {
  const { base, prefix } = parseBlock(subnet)
  return [
    `addr add ${address}/${prefix} dev ${insideName}`,
    `link set ${insideName} up`,
    `route add default via ${formatAddress(base + 1)}`,
  ]
}

/** In the network namespace of `pid`, if one is given. */
async function ipBatch(commands: CommandRunner, lines: readonly string[], pid?: number): Promise<void> {
  const input = `${lines.join('\n')}\n`
  const given =
    pid === undefined
      ? command('ip', '-batch', '-')
      : command('nsenter', `--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-')
  await commands.run(given, { input, timeoutMs: 10_000 })
}

const linkNames = z.array(z.object({ ifname: z.string() }))

async function ownLinks(commands: CommandRunner, places: EnginePlaces): Promise<string[]> {
  const { stdout } = await commands.run(command('ip', '-json', 'link', 'show'))
  return linkNames
    .parse(JSON.parse(stdout || '[]'))
    .map((link) => link.ifname)
    .filter((name) => name.startsWith(places.bridgePrefix) || name.startsWith(places.vethPrefix))
}

/** One that went by itself meanwhile (a cable goes with its container) is no error, hence `-force`. */
async function removeLinks(commands: CommandRunner, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const input = `${names.map((name) => `link delete ${name}`).join('\n')}\n`
  await commands.run(command('ip', '-force', '-batch', '-'), { input, timeoutMs: 30_000, okStatuses: [0, 1] })
}

/**
 * The machine routes for its containers. The neighbour tables are made large enough for thousands of them: from about
 * 1,000 neighbours on, the kernel's defaults drop packets.
 */
async function routePackets(): Promise<void> {
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
  const thresholds = { gc_thresh1: '8192', gc_thresh2: '32768', gc_thresh3: '65536' }
  for (const [name, value] of Object.entries(thresholds)) {
    await writeFile(`/proc/sys/net/ipv4/neigh/default/${name}`, value).catch(absent)
  }
}

/** Settings of things that this kernel does not have, or that belong to the machine around a container of its own. */
function absent(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
}

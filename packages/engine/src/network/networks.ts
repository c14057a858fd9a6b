import { isIPv4 } from 'node:net'
import type { CommandRunner } from '@berth/command'
import { containerError } from '../container/errors.ts'
import type { Group, GroupRecords } from '../container/group-records.ts'
import type { LinkedPair } from '../container/names/known-names.ts'
import type { EnginePlaces } from '../sandbox/engine-places.ts'
import { mostHosts } from './choose-subnet.ts'
import { warnOfDroppedForwarding } from './dropped-forwarding.ts'
import { applyFirewall, changeLinks, removeFirewall } from './firewall.ts'
import { groupSubnets } from './group-subnets.ts'
import { type HostIpv6, readHostIpv6 } from './host-ipv6.ts'
import { type Resolvers, readHostNetwork, readResolvers } from './host-network.ts'
import { formatAddress, parseBlock } from './ipv4.ts'
import { type Cable, connectCable, makeBridge, ownLinks, removeLinks } from './links.ts'
import { routeIpv6Packets, routePackets } from './route-packets.ts'
import { bridgeSubnet6, containerAddress6, openUniqueLocal } from './unique-local.ts'

/**
 * A bridge per group, a pair of virtual cables per container. No program is called for a container, because
 * each costs milliseconds.
 *
 * Nothing here is remembered but which group has which subnet: cables end with their container's network namespace,
 * and what a crash left is cleared by `recover`.
 */
export type Networks = {
  resolvers: Resolvers
  /** Of containers. */
  ipv6: HostIpv6
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
  /** Exactly these may reach each other across groups. */
  linkPairs(pairs: readonly LinkedPair[]): Promise<void>
  /** Everything of this engine in the machine's network goes. */
  destroy(): Promise<void>
}

/** Where a container is reached; `address6` is null where the machine has no IPv6. */
export type Addresses = { address: string; address6: string | null }

export type Reservation = Cable & {
  group: Group
  /** The bridge is there. */
  ready: Promise<void>
}

type Network = Pick<Cable, 'bridge' | 'subnet' | 'subnet6'> & {
  used: Set<number>
  last: number
  ready: Promise<void>
}

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
  const host = await readHostNetwork(commands)
  await routePackets()
  const prefix6 = await prefixOfContainers(places, host)
  const resolvers = await readResolvers(prefix6 !== null)
  const elementOf = (group: Group, subnet: string) => ({
    bridge: `${places.bridgePrefix}${hexOf(group.place)}`,
    subnet,
    subnet6: prefix6 && bridgeSubnet6(prefix6, group.place),
  })
  await applyFirewall(commands, firewall, {
    groups: groups.all().flatMap((group) => (group.subnet === null ? [] : elementOf(group, group.subnet))),
    resolvers: resolvers.servers,
    prefix6,
  })

  await warnOfDroppedForwarding(commands, firewall, { hasIpv6: prefix6 !== null })

  const avoid = resolvers.servers.filter((server) => isIPv4(server))
  const subnetFor = groupSubnets({ commands, groups, firewall, elementOf, avoid })
  const networkOf = async (group: Group): Promise<Network> => {
    const subnet = await subnetFor(group)
    const known = networks.get(group.place)
    if (known !== undefined) return known
    const link = elementOf(group, subnet)
    const gone = leaving.get(group.place) ?? Promise.resolve()
    const ready = gone.then(() => makeBridge({ ...link, mtu: host.mtu }))
    const network = {
      ...link,
      used: new Set<number>(),
      last: Math.floor(Math.random() * mostHosts),
      ready,
    }
    networks.set(group.place, network)
    ready.catch(() => networks.delete(group.place))
    return network
  }
  const reservation = (group: Group, network: Network, host: number): Reservation => {
    const { bridge, subnet, subnet6, ready } = network
    const address = formatAddress(parseBlock(subnet).base + host)
    return {
      ...{ group, bridge, subnet, subnet6, ready, address },
      address6: subnet6 && containerAddress6(subnet6, { subnet, address }),
      cable: `${places.vethPrefix}${hexOf(group.place)}${hexOf(host)}`,
    }
  }

  const reserve = async (group: Group): Promise<Reservation> => {
    const network = await networkOf(group)
    // Its bridge may have been taken away just now, because nobody used it.
    if (networks.get(group.place) !== network) return reserve(group)
    const host = nextHost(network)
    network.used.add(host)
    return reservation(group, network, host)
  }

  return {
    resolvers,
    ipv6: ipv6Inside(prefix6),
    reserve,
    async adopt(group, address) {
      const network = await networkOf(group)
      const host = parseBlock(address).base - parseBlock(network.subnet).base
      network.used.add(host)
      return reservation(group, network, host)
    },
    async attach(reserved, pid, { isolated }) {
      await reserved.ready
      connectCable(reserved, { pid, isolated, mtu: host.mtu })
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
    linkPairs: linkedPairs((change) => changeLinks(commands, firewall, change)),
    async destroy() {
      await removeLinks(commands, await ownLinks(commands, places))
      await removeFirewall(commands, firewall)
    },
  }
}

/** One change after the other; nothing is asked of the firewall where nothing changes. A new table has none. */
function linkedPairs(change: (links: { added: string[]; removed: string[] }) => Promise<void>) {
  let current = new Set<string>()
  let turn: Promise<void> = Promise.resolve()
  return (pairs: readonly LinkedPair[]): Promise<void> => {
    const mine = turn.then(async () => {
      const wanted = new Set(pairs.map(({ from, to }) => `${from} . ${to}`))
      const added = [...wanted].filter((pair) => !current.has(pair))
      const removed = [...current].filter((pair) => !wanted.has(pair))
      if (added.length + removed.length > 0) await change({ added, removed })
      current = wanted
    })
    turn = mine.catch(() => undefined)
    return mine
  }
}

/** What IPv6 addresses of containers begin with; null where they have none. */
async function prefixOfContainers(places: EnginePlaces, { mtu }: { mtu: number }): Promise<string | null> {
  const works = readHostIpv6() === 'on' && mtu >= leastMtu6 && (await routeIpv6Packets())
  return works ? openUniqueLocal(places.uniqueLocal) : null
}

/** Off, where the machine has it but does not route it. */
function ipv6Inside(prefix6: string | null): HostIpv6 {
  if (prefix6 !== null) return 'on'
  return readHostIpv6() === 'missing' ? 'missing' : 'off'
}

/** On a link that carries less there is no IPv6. Source: RFC 8200, section 5. */
const leastMtu6 = 1280

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

import type { CommandRunner } from '@berth/command'
import { containerError } from '../container/errors.ts'
import type { Group, GroupRecords } from '../container/group-records.ts'
import type { LinkedPair } from '../container/names/known-names.ts'
import type { EnginePlaces } from '../sandbox/engine-places.ts'
import { warnOfDroppedForwarding } from './dropped-forwarding.ts'
import { applyFirewall, changeLinks, removeFirewall } from './firewall.ts'
import { groupSubnets } from './group-subnets.ts'
import { type Resolvers, readHostNetwork, readResolvers } from './host-network.ts'
import { formatAddress, parseBlock } from './ipv4.ts'
import { connectCable, makeBridge, ownLinks, removeLinks } from './links.ts'
import { routePackets } from './route-packets.ts'

/**
 * A bridge per group, a pair of virtual cables per container. No program is called for a container, because
 * each costs milliseconds.
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
  /** Exactly these may reach each other across groups. */
  linkPairs(pairs: readonly LinkedPair[]): Promise<void>
  /** Everything of this engine in the machine's network goes. */
  destroy(): Promise<void>
}

export type Reservation = {
  group: Group
  bridge: string
  subnet: string
  address: string
  cable: string
  /** The bridge is there. */
  ready: Promise<void>
}

type Network = { bridge: string; subnet: string; used: Set<number>; last: number; ready: Promise<void> }

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
  await routePackets()
  await applyFirewall(commands, firewall, {
    groups: groups
      .all()
      .flatMap((group) =>
        group.subnet === null ? [] : [{ bridge: bridgeName(group), subnet: group.subnet }],
      ),
    resolvers: resolvers.servers,
  })

  await warnOfDroppedForwarding(commands, firewall)

  const subnetFor = groupSubnets({ commands, groups, firewall, bridgeName, avoid: resolvers.servers })
  const networkOf = async (group: Group): Promise<Network> => {
    const subnet = await subnetFor(group)
    const known = networks.get(group.place)
    if (known !== undefined) return known
    const bridge = bridgeName(group)
    const gone = leaving.get(group.place) ?? Promise.resolve()
    const ready = gone.then(() => makeBridge({ bridge, subnet, mtu: host.mtu }))
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
    ready: network.ready,
    address: formatAddress(parseBlock(network.subnet).base + host),
    cable: `${places.vethPrefix}${hexOf(group.place)}${hexOf(host)}`,
  })

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

import { existsSync, writeFileSync } from 'node:fs'
import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'
import type { EnginePlaces } from '../sandbox/engine-places.ts'
import { ipv6Settings, readHostIpv6 } from './host-ipv6.ts'
import { formatAddress, parseBlock } from './ipv4.ts'
import { ipv6Bytes } from './ipv6.ts'
import { configureNetwork } from './netlink/configure.ts'
import { addAddress, addBridge, addCable, addDefaultRoute, switchOn } from './netlink/link-messages.ts'
import { absent } from './route-packets.ts'
import { linkPrefix6 } from './unique-local.ts'

/**
 * Bridges and cables. They are made by messages to the kernel, in this thread: a program for it would cost a start ten
 * times as long. Removing, which nobody waits for, is left to `ip`, because a kernel may take its time for that.
 */

/** Inside: as Docker calls it. */
const insideName = 'eth0'

/** The bridge's link-local address, the same on every one: the machine asks for neighbours in its name. */
const linkLocal = { address: ipv6Bytes('fe80::1'), prefix: 64 }

/** `subnet6`: its /64, without the length; null where containers have no IPv6. */
export type Bridge = { bridge: string; subnet: string; subnet6: string | null; mtu: number }

/**
 * One that is there already, from a former worker, stays. It has a hardware address of its own: without one, a bridge
 * takes the lowest of its cables', so with every container that comes or goes it may change, and the others keep sending
 * to the old one for half a minute.
 */
export function makeBridge({ bridge, subnet, subnet6, mtu }: Bridge): void {
  const { base, prefix } = parseBlock(subnet)
  const gateway = base + 1
  configureNetwork(null, (network) => {
    const isThere = existsSync(`/sys/class/net/${bridge}`)
    const { index } = network.link(bridge, ...(isThere ? [] : [addBridge(bridge, { mtu })]))
    setIpv6(bridge, subnet6 !== null)
    network.ask(
      switchOn(bridge, { hardwareAddress: hardwareAddress(gateway), noOwnAddress: knowsIpv6() }),
      addAddress(index, { address: addressBytes(gateway), prefix }),
      ...(subnet6 === null ? [] : [addAddress(index, gateway6(subnet6)), addAddress(index, linkLocal)]),
    )
  })
}

/**
 * On the machine's side of a bridge. Off, where it is not ours to guard: a link-local address would be a way in that no rule was
 * meant for. On, it listens to no router: a container could say that it is one (CVE-2020-13401).
 */
function setIpv6(bridge: string, isOn: boolean): void {
  try {
    writeFileSync(`${ipv6Settings}/${bridge}/accept_ra`, '0')
    writeFileSync(`${ipv6Settings}/${bridge}/disable_ipv6`, isOn ? '0' : '1')
  } catch (error) {
    absent(error as NodeJS.ErrnoException)
  }
}

export type Cable = Pick<Bridge, 'bridge' | 'subnet' | 'subnet6'> & {
  cable: string
  address: string
  /** Null where `subnet6` is. */
  address6: string | null
}

/**
 * From a bridge into the network namespace of a process; its addresses work afterwards. It ends with that namespace. Three
 * messages to the kernel, whatever the families.
 */
export function connectCable(
  { cable, bridge, subnet, subnet6, address, address6 }: Cable,
  { pid, isolated, mtu }: { pid: number; isolated: boolean; mtu: number },
): void {
  const { base, prefix } = parseBlock(subnet)
  const inside = parseBlock(address).base
  const far = { name: insideName, hardwareAddress: hardwareAddress(inside), pid }
  const { farIndex } = configureNetwork(null, (network) =>
    network.link(
      cable,
      addCable({ name: cable, bridge: network.link(bridge).index, mtu, far }),
      switchOn(cable, { isolatedPort: isolated, noOwnAddress: knowsIpv6() }),
    ),
  )
  const addresses = [{ address: addressBytes(inside), prefix }]
  const gateways = [addressBytes(base + 1)]
  if (subnet6 !== null && address6 !== null) {
    addresses.push({ address: ipv6Bytes(address6), prefix: linkPrefix6 })
    gateways.push(gateway6(subnet6).address)
  }
  configureNetwork(pid, (network) =>
    network.ask(
      switchOn(insideName),
      ...addresses.map((each) => addAddress(farIndex, each)),
      ...gateways.map((each) => addDefaultRoute(farIndex, each)),
    ),
  )
}

function gateway6(subnet6: string) {
  return { address: ipv6Bytes(`${subnet6}1`), prefix: linkPrefix6 }
}

function addressBytes(address: number): Buffer {
  return Buffer.from(formatAddress(address).split('.').map(Number))
}

/**
 * Locally administered, and the same for an address whoever has it: 02:42 and its four bytes, as Docker does. The firewall
 * compares its last ten bits, the number within the subnet, with IPv6 addresses.
 */
function hardwareAddress(address: number): string {
  const bytes = formatAddress(address).split('.').map(Number)
  return [0x02, 0x42, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function knowsIpv6(): boolean {
  return readHostIpv6() !== 'missing'
}

const linkNames = z.array(z.object({ ifname: z.string() }))

export async function ownLinks(commands: CommandRunner, places: EnginePlaces): Promise<string[]> {
  const { stdout } = await commands.run(command('ip', '-json', 'link', 'show'))
  return linkNames
    .parse(JSON.parse(stdout || '[]'))
    .map((link) => link.ifname)
    .filter((name) => name.startsWith(places.bridgePrefix) || name.startsWith(places.vethPrefix))
}

/** One that went by itself meanwhile (a cable goes with its container) is no error, hence `-force`. */
export async function removeLinks(commands: CommandRunner, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const input = `${names.map((name) => `link delete ${name}`).join('\n')}\n`
  await commands.run(command('ip', '-force', '-batch', '-'), { input, timeoutMs: 30_000, okStatuses: [0, 1] })
}

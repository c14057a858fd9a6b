import { existsSync, writeFileSync } from 'node:fs'
import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'
import type { EnginePlaces } from '../sandbox/engine-places.ts'
import { formatAddress, parseBlock } from './ipv4.ts'
import { configureNetwork } from './netlink/configure.ts'
import { addAddress, addBridge, addCable, addDefaultRoute, switchOn } from './netlink/link-messages.ts'
import { absent } from './route-packets.ts'

/**
 * Bridges and cables. They are made by messages to the kernel, in this thread: a program for it would cost a start ten
 * times as long. Removing, which nobody waits for, is left to `ip`, because a kernel may take its time for that.
 */

/** Inside: as Docker calls it. */
const insideName = 'eth0'

/**
 * One that is there already, from a former worker, stays. It has a hardware address of its own: without one, a bridge
 * takes the lowest of its cables', so with every container that comes or goes it may change, and the others keep sending
 * to the old one for half a minute.
 */
export function makeBridge({ bridge, subnet, mtu }: { bridge: string; subnet: string; mtu: number }): void {
  const { base, prefix } = parseBlock(subnet)
  const gateway = base + 1
  configureNetwork(null, (network) => {
    if (!existsSync(`/sys/class/net/${bridge}`)) network.ask(addBridge(bridge, { mtu }))
    network.ask(
      switchOn(bridge, {
        hardwareAddress: hardwareAddress(gateway),
        noOwnAddress: hasIpv6(),
      }),
    )
    network.ask(addAddress(network.indexOf(bridge), { address: addressBytes(gateway), prefix }))
  })
  // No IPv6 on the machine's side of it: a link-local address would be a way in that no rule was meant for.
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1')
  } catch (error) {
    absent(error as NodeJS.ErrnoException)
  }
}

export type Cable = { cable: string; bridge: string; subnet: string; address: string }

/** From a bridge into the network namespace of a process; its address works afterwards. It ends with that namespace. */
export function connectCable(
  { cable, bridge, subnet, address }: Cable,
  { pid, isolated, mtu }: { pid: number; isolated: boolean; mtu: number },
): void {
  const { base, prefix } = parseBlock(subnet)
  const inside = parseBlock(address).base
  configureNetwork(null, (network) => {
    const far = { name: insideName, hardwareAddress: hardwareAddress(inside), pid }
    network.ask(addCable({ name: cable, bridge: network.indexOf(bridge), mtu, far }))
    network.ask(switchOn(cable, { isolatedPort: isolated, noOwnAddress: hasIpv6() }))
  })
  configureNetwork(pid, (network) => {
    const index = network.indexOf(insideName)
    network.ask(addAddress(index, { address: addressBytes(inside), prefix }))
    network.ask(switchOn(insideName))
    network.ask(addDefaultRoute(index, addressBytes(base + 1)))
  })
}

function addressBytes(address: number): Buffer {
  return Buffer.from(formatAddress(address).split('.').map(Number))
}

/** Locally administered, and the same for an address whoever has it: 02:42 and its four bytes, as Docker does. */
function hardwareAddress(address: number): string {
  const bytes = formatAddress(address).split('.').map(Number)
  return [0x02, 0x42, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function hasIpv6(): boolean {
  return existsSync('/proc/sys/net/ipv6')
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

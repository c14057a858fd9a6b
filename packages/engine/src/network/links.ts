import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type CommandRunner, command } from '@berth/command'
import { z } from 'zod'
import type { EnginePlaces } from '../sandbox/engine-places.ts'
import { formatAddress, parseBlock } from './ipv4.ts'
import { absent } from './route-packets.ts'

/** Bridges and cables, made and removed with as few calls of `ip` as can be: each costs a millisecond. */

/** Inside: as Docker calls it. */
const insideName = 'eth0'

/**
 * One that is there already, from a former worker, stays. It has a hardware address of its own: without one, a bridge
 * takes the lowest of its cables', so with every container that comes or goes it may change, and the others keep sending
 * to the old one for half a minute.
 */
export async function makeBridge(
  commands: CommandRunner,
  { bridge, subnet, mtu }: { bridge: string; subnet: string; mtu: number },
): Promise<void> {
  const { base, prefix } = parseBlock(subnet)
  const gateway = base + 1
  const setUp = [
    `link set ${bridge} address ${hardwareAddress(gateway)}`,
    `addr replace ${formatAddress(gateway)}/${prefix} dev ${bridge}`,
    `link set ${bridge} up`,
  ]
  if (existsSync(`/sys/class/net/${bridge}`)) await ipBatch(commands, setUp)
  else {
    const kind = 'type bridge stp_state 0 forward_delay 0'
    const add = [`link add ${bridge} mtu ${mtu} ${kind}`, `link set ${bridge} addrgenmode none`]
    await ipBatch(commands, [...add, ...setUp])
  }
  // No IPv6 on the machine's side of it: a link-local address would be a way in that no rule was meant for.
  await writeFile(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1').catch(absent)
}

export type Cable = { cable: string; bridge: string; subnet: string; address: string }

/** From a bridge into the network namespace of a process; its address works afterwards. It ends with that namespace. */
export async function connectCable(
  commands: CommandRunner,
  given: Cable,
  options: { pid: number; isolated: boolean; mtu: number },
): Promise<void> {
  await ipBatch(commands, cableCommands(given, options))
  await ipBatch(commands, insideCommands(given), options.pid)
}

function cableCommands(
  { cable, bridge }: Cable,
  { pid, isolated, mtu }: { pid: number; isolated: boolean; mtu: number },
): string[] {
  return [
    `link add ${cable} mtu ${mtu} type veth peer name ${insideName} mtu ${mtu} netns ${pid}`,
    `link set ${cable} master ${bridge} addrgenmode none up`,
    ...(isolated ? [`link set ${cable} type bridge_slave isolated on`] : []),
  ]
}

function insideCommands({ address, subnet }: Cable): string[] {
  const { base, prefix } = parseBlock(subnet)
  return [
    `link set ${insideName} address ${hardwareAddress(parseBlock(address).base)}`,
    `addr add ${address}/${prefix} dev ${insideName}`,
    `link set ${insideName} up`,
    `route add default via ${formatAddress(base + 1)}`,
  ]
}

/** Locally administered, and the same for an address whoever has it: 02:42 and its four bytes, as Docker does. */
function hardwareAddress(address: number): string {
  const bytes = formatAddress(address).split('.').map(Number)
  return [0x02, 0x42, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
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

import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { ipv6Settings } from './host-ipv6.ts'

/**
 * The machine routes for its containers. The neighbour tables are made large enough for thousands of them: from about
 * 1,000 neighbours on, the kernel's defaults drop packets.
 */
export async function routePackets(): Promise<void> {
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
  await raiseNeighbours('/proc/sys/net/ipv4')
}

/**
 * The same for IPv6; false where the machine does not let it be switched on. Whoever routes does not listen to routers,
 * says the kernel: with forwarding, an interface at `accept_ra` 1 forgets the default route and in time the addresses that
 * it had from one, and the machine is gone from the network. So those that listen now are first told to go on (2), and what is
 * made later, by `default`. It is done only while nobody routes: where forwarding is on already, somebody has decided
 * what the interfaces are to do. Nothing is written for the next start of the machine; the engine does it anew.
 * Source: the kernel's ip-sysctl.rst, `accept_ra` and `forwarding`.
 */
export async function routeIpv6Packets(settings = ipv6Settings): Promise<boolean> {
  try {
    if (await isOff(`${settings}/all/forwarding`)) {
      const scopes = (await readdir(settings)).filter((scope) => scope !== 'all')
      for (const scope of scopes) await keepListening(`${settings}/${scope}`)
      await writeFile(`${settings}/all/forwarding`, '1')
    }
  } catch (error) {
    absent(error as NodeJS.ErrnoException)
    return false
  }
  await raiseNeighbours('/proc/sys/net/ipv6')
  return true
}

/** An interface may be gone meanwhile. */
async function keepListening(scope: string): Promise<void> {
  if (!existsSync(`${scope}/accept_ra`)) return
  const accepts = (await readFile(`${scope}/accept_ra`, 'utf8')).trim() === '1'
  if (accepts && (await isOff(`${scope}/forwarding`))) await writeFile(`${scope}/accept_ra`, '2')
}

async function isOff(path: string): Promise<boolean> {
  return (await readFile(path, 'utf8')).trim() === '0'
}

const neighbours = { gc_thresh1: 8_192, gc_thresh2: 32_768, gc_thresh3: 65_536 }

async function raiseNeighbours(family: string): Promise<void> {
  for (const [name, value] of Object.entries(neighbours)) {
    await raise(`${family}/neigh/default/${name}`, value).catch(absent)
  }
}

async function raise(path: string, value: number): Promise<void> {
  if (Number(await readFile(path, 'utf8')) < value) await writeFile(path, String(value))
}

/** Settings of things that this kernel does not have, or that belong to the machine around a container of its own. */
export function absent(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
}

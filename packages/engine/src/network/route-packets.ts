import { readFile, writeFile } from 'node:fs/promises'

/**
 * The machine routes for its containers. The neighbour tables are made large enough for thousands of them: from about
 * 1,000 neighbours on, the kernel's defaults drop packets.
 */
export async function routePackets(): Promise<void> {
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
  for (const [name, value] of Object.entries(neighbours)) {
    await raise(`/proc/sys/net/ipv4/neigh/default/${name}`, value).catch(absent)
  }
}

const neighbours = { gc_thresh1: 8_192, gc_thresh2: 32_768, gc_thresh3: 65_536 }

async function raise(path: string, value: number): Promise<void> {
  if (Number(await readFile(path, 'utf8')) < value) await writeFile(path, String(value))
}

/** Settings of things that this kernel does not have, or that belong to the machine around a container of its own. */
export function absent(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
}

import { readFile } from 'node:fs/promises'

/**
 * The TCP ports of this machine that something listens on, at whatever address. Asked of the kernel's tables: trying would
 * be in the way of whoever is about to, and takes root below 1024. Source: proc(5), /proc/net/tcp; 0A is LISTEN.
 */
export async function listeningPorts(): Promise<Set<number>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable))
  return new Set(tables.flatMap(parseListening))
}

export function parseListening(table: string): number[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const port = Number.parseInt(local.split(':').at(-1) ?? '', 16)
    return state === '0A' && port > 0 ? [port] : []
  })
}

/** A kernel without IPv6 has no table for it. */
async function readTable(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

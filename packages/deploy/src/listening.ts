import { readFile } from 'node:fs/promises'

/**
 * Where the processes of a container listen, read from outside: `/proc/<pid>/net/tcp` shows the network namespace of
 * that process. Only for a hint: what cannot be read is taken for nothing.
 */
export type Listener = { address: string; port: number; loopback: boolean }

export async function listenersOf(pid: number): Promise<Listener[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readTable(`/proc/${pid}/net/${name}`)))
  return tables.flatMap((table) => parseListeners(table))
}

/** The kernel's table; format: proc(5). State 0A is LISTEN; addresses are words in host (little endian) order. */
export function parseListeners(table: string): Listener[] {
  return table.split('\n').flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/)
    const [address, port] = local?.split(':') ?? []
    if (state !== '0A' || address === undefined || port === undefined) return []
    return [{ ...readAddress(address), port: Number.parseInt(port, 16) }]
  })
}

/** What to do about a web process that does not answer on `port`. */
export function listeningHint(listeners: readonly Listener[], port: number): string {
  const reachable = listeners.filter((listener) => !listener.loopback)
  const onPort = listeners.find((listener) => listener.port === port)
  if (onPort?.loopback) {
    return `It listens on ${onPort.address}:${port} only, which nobody outside its container can reach. Let it listen on 0.0.0.0.`
  }
  const other = reachable[0] ?? listeners[0]
  if (other === undefined)
    return `It listens nowhere. Let it listen on 0.0.0.0, on the port in PORT (${port}).`
  return `It listens on ${other.address}:${other.port}. Let it listen on the port in PORT (${port}), or write EXPOSE ${other.port} in the Dockerfile${other.loopback ? ', and use 0.0.0.0' : ''}.`
}

/** The same where a port of the machine leads there. */
export function publishedHint(listeners: readonly Listener[], port: number): string {
  const where = listeners.map(({ address, port: at }) => `${address}:${at}`).join(', ') || 'nowhere'
  return `A port of the app leads there, and it listens on: ${where}. Let it listen on 0.0.0.0:${port}, or see: berth ports`
}

function readAddress(hex: string): { address: string; loopback: boolean } {
  if (hex.length === 8) return readIpv4(hex)
  const zeros = '0'.repeat(24)
  if (hex === '0'.repeat(32)) return { address: '[::]', loopback: false }
  if (hex === `${zeros}01000000`) return { address: '[::1]', loopback: true }
  if (hex.startsWith(`${'0'.repeat(16)}FFFF0000`)) return readIpv4(hex.slice(24))
  return { address: `[${groups(hex)}]`, loopback: false }
}

function readIpv4(hex: string): { address: string; loopback: boolean } {
  const bytes = (hex.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16))
  return { address: bytes.join('.'), loopback: bytes[0] === 127 }
}

function groups(hex: string): string {
  const words = (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse().join(''))
  return (words.join('').match(/.{4}/g) ?? []).join(':').toLowerCase()
}

async function readTable(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    // The process has just ended, or the machine has no IPv6: there is nothing to tell.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return ''
    throw error
  }
}

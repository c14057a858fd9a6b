import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'

/** Ports that are this process's until `release`, or its end: no other story takes them meanwhile. */
export type ClaimedPorts = { ports: number[]; release: () => Promise<void> }

const lowest = 10_000

/**
 * Ports for doors that somebody else opens in a moment. They lie below those that the kernel gives to connections, and an
 * abstract socket, which is gone with its process, says whose each is; so they are free still when the doors are opened, and
 * when they are opened again.
 */
export async function claimPorts(count: number): Promise<ClaimedPorts> {
  const above = await firstPortOfConnections()
  const claims: { port: number; claim: Server }[] = []
  while (claims.length < count) {
    const port = lowest + Math.floor(Math.random() * (above - lowest))
    const claim = await listen(`\0berth-story-port-${port}`)
    if (claim === null) continue
    if (await isFree(port)) claims.push({ port, claim })
    else await close(claim)
  }
  return {
    ports: claims.map(({ port }) => port),
    async release() {
      await Promise.all(claims.map(({ claim }) => close(claim)))
    },
  }
}

/** Source: ip(7), ip_local_port_range. A machine that gives connections nearly all ports must do as it is. */
async function firstPortOfConnections(): Promise<number> {
  const [first] = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).split('\t')
  return Math.max(Number(first), 20_000)
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen({ port })
  if (server !== null) await close(server)
  return server !== null
}

/** Null: somebody listens there already. */
function listen(where: string | { port: number }): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(where, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

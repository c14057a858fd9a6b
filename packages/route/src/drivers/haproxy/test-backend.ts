import { type Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Target } from '../../front-door.ts'

/**
 * A real HTTP server that answers with its name: `/hold` waits until `release` is called, `/slow/MS` that long,
 * `/headers` tells the request's headers, an upgrade to `echo` echoes bytes.
 */
export type TestBackend = {
  target: Target
  holding(): number
  release(): void
  requests(): number
  close(): Promise<void>
}

export async function startBackend(name: string): Promise<TestBackend> {
  const held: (() => void)[] = []
  let requests = 0
  const server = createServer((incoming, outgoing) => {
    requests++
    outgoing.setHeader('x-from', name)
    const slow = /^\/slow\/(\d+)$/.exec(incoming.url ?? '')?.[1]
    if (incoming.url === '/hold') held.push(() => outgoing.end('held'))
    else if (incoming.url === '/headers') outgoing.end(JSON.stringify(incoming.headers))
    else if (slow) setTimeout(() => outgoing.end('slow'), Number(slow))
    else outgoing.end(name)
  })
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy())
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  })
  const port = await listen(server)
  return {
    target: { name, address: '127.0.0.1', port },
    holding: () => held.length,
    release() {
      for (const end of held.splice(0)) end()
    },
    requests: () => requests,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export type Reply = { status: number; headers: IncomingHttpHeaders; body: string }

/** One request to the front door, as a client that names `host`. Rejects where the connection breaks. */
export function send(
  port: number,
  host: string,
  path: string,
  options: { agent?: Agent; headers?: Record<string, string> } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { port, path, host: '127.0.0.1', agent: options.agent ?? false, headers: { host, ...options.headers } },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error('no answer within 20 s')))
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

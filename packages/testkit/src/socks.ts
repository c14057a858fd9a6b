import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A SOCKS proxy on a Unix socket that leads to this machine's loopback address, whatever host is asked for. */
export type Socks = { path: string; close: () => Promise<void> }

const version = 5
const answers = { noPassword: [version, 0], connected: 0, refused: 5 } as const
/** Bytes of an address before the port, by its type; a name says its own length. Source: RFC 1928, section 4. */
const addressBytes: Readonly<Record<number, (first: number) => number>> = {
  1: () => 4,
  3: (first) => 1 + first,
  4: () => 16,
}

export async function openSocks(path: string): Promise<Socks> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client)
    client.once('close', () => sockets.delete(client))
    client.on('error', () => client.destroy())
    serve(client).catch(() => client.destroy())
  }).listen(path)
  await once(server, 'listening')
  return {
    path,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function serve(client: Socket): Promise<void> {
  const read = reader(client)
  const [, methods = 0] = await read(2)
  await read(methods)
  client.write(Buffer.from(answers.noPassword))
  const [, , , type = 0, first = 0] = await read(5)
  const rest = (addressBytes[type]?.(first) ?? 0) - 1
  await read(rest)
  const port = (await read(2)).readUInt16BE()
  const server = connect(port, '127.0.0.1')
  const answer = (status: number) => client.write(Buffer.from([version, status, 0, 1, 0, 0, 0, 0, 0, 0]))
  server.once('error', () => {
    if (server.connecting) answer(answers.refused)
    client.destroy()
  })
  await once(server, 'connect')
  answer(answers.connected)
  client.once('close', () => server.destroy())
  server.once('close', () => client.destroySoon())
  client.pipe(server).pipe(client)
}

/** Reads exactly so many bytes, and leaves what follows in the stream. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    if (count === 0) return Buffer.alloc(0)
    for (;;) {
      const piece = socket.read(count) as Buffer | null
      if (piece !== null) return piece
      await once(socket, 'readable')
    }
  }
}

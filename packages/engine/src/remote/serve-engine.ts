import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import type { Engine } from '../engine.ts'
import { answerCall } from './answer-call.ts'
import { openChannel } from './channel.ts'

/**
 * Offers an engine on a Unix socket: a connection a call. Whoever can open the socket can do everything, as root: so it
 * lies in a directory of its own that root alone may enter. A caller that goes away ends its call.
 */
export type ServedEngine = { close(): Promise<void> }

const mostCalls = 256

export async function serveEngine(
  engine: Engine,
  options: { socket: string; onBug: (error: unknown) => void },
): Promise<ServedEngine> {
  const { socket: path, onBug } = options
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await chmod(dirname(path), 0o700)
  await rm(path, { force: true })
  const open = new Set<() => void>()
  const server = createServer((socket) => {
    const channel = openChannel(socket)
    open.add(channel.destroy)
    answerCall(engine, channel, { onBug })
      .catch(onBug)
      .finally(() => open.delete(channel.destroy))
  })
  server.maxConnections = mostCalls
  await listen(server, path)
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const destroy of open) destroy()
      await closed
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

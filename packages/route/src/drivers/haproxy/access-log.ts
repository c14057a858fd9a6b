import { chown, mkdir, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { AccessLine, AccessLog } from '../../access-line.ts'
import { accessSocket, type ConfigurationOptions } from '../../haproxy-configuration.ts'
import { accessLineBytes, parseAccessLine, parseDropped, type RouteOfHost } from '../../parse-access-line.ts'
import { frameReader } from './frame-reader.ts'

/** Each of HAProxy's workers has a connection of its own; it reloads at most 20 times before old ones end. */
const maxConnections = 32

/**
 * What HAProxy tells of requests: it connects to this socket whenever there is one, and sends what its ring holds.
 * @throws what binding a socket ends with
 */
export async function openHaproxyAccessLog(
  options: Pick<ConfigurationOptions, 'adminSocket' | 'dropTo'>,
  { routeOfHost, socketOwner = null }: { routeOfHost: RouteOfHost; socketOwner?: number | null },
): Promise<AccessLog> {
  const listeners = new Set<(line: AccessLine) => void>()
  const sockets = new Set<Socket>()
  let lost = 0

  const take = (text: string) => {
    const line = parseAccessLine(text, routeOfHost)
    if (line === undefined) lost += parseDropped(text)
    else for (const listener of listeners) listener(line)
  }
  const server = createServer((socket) => {
    const read = frameReader(accessLineBytes)
    sockets.add(socket)
    socket.on('data', (bytes: Buffer) => {
      const texts = read(bytes)
      if (texts === undefined) socket.destroy()
      else texts.forEach(take)
    })
    // HAProxy connects again; `close` follows.
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.maxConnections = maxConnections
  await bind(server, accessSocket(options).bound, socketOwner)
  return {
    subscribe(listener) {
      // Each call has a place of its own, whatever function it brings.
      const own = (line: AccessLine) => listener(line)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    lost: () => lost,
    async close() {
      listeners.clear()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** The directory belongs to us alone, so nobody puts anything else in the socket's place. */
async function bind(server: Server, path: string, owner: number | null): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await rm(path, { force: true })
  const before = process.umask(0o177)
  try {
    // A Unix socket is bound within the call: its mode is this mask's.
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
      process.umask(before)
    })
  } finally {
    process.umask(before)
  }
  if (owner !== null) await chown(path, owner, 0)
}

import { closeSync, openSync } from 'node:fs'
import { chmod, lchown } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'

/**
 * An SSH agent that a step may use: a socket of the step's own, behind which this process passes questions on to the
 * operator's agent. It passes only the two questions that signing in needs, so that a step can neither add, remove nor
 * lock keys; any other is answered with a refusal, as BuildKit's forwarding does.
 * Source of the format: draft-miller-ssh-agent, "Protocol messages": a length in four bytes, a type in one.
 */
export type AgentProxy = { close(): Promise<void> }

const allowedQuestions = new Set([11, 13])
const refusal = Buffer.from([0, 0, 0, 1, 5])
const mostMessageBytes = 256 * 1024
const mostConnections = 32

export async function openAgentProxy(options: {
  /** The operator's agent. */
  agent: string
  directory: string
  name: string
  owner: { uid: number; gid: number }
  mode: number
}): Promise<AgentProxy> {
  const { agent, directory, name, owner, mode } = options
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = createConnection(agent)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    passQuestions(client, upstream)
  })
  server.maxConnections = mostConnections
  // A socket's path may have 107 bytes; by way of a descriptor it is always short.
  const descriptor = openSync(directory, 'r')
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(`/proc/self/fd/${descriptor}/${name}`, resolve)
    })
    await lchown(`${directory}/${name}`, owner.uid, owner.gid)
    await chmod(`${directory}/${name}`, mode)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  let isOpen = true
  return {
    async close() {
      if (!isOpen) return
      isOpen = false
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      closeSync(descriptor)
    },
  }
}

function passQuestions(client: Socket, upstream: Socket): void {
  let waiting: Buffer = Buffer.alloc(0)
  client.on('data', (piece: Buffer) => {
    const { questions, rest } = split(Buffer.concat([waiting, piece]))
    waiting = rest
    for (const question of questions) {
      if (!allowedQuestions.has(question[4] ?? 0)) client.write(refusal)
      else if (!upstream.write(question)) client.pause()
    }
    if (rest.length > mostMessageBytes || client.writableLength > mostMessageBytes) client.destroy()
  })
  upstream.on('drain', () => client.resume())
}

/** Whole messages, and the beginning of the next. One that says it is too long stays in `rest` and makes it so. */
function split(bytes: Buffer): { questions: Buffer[]; rest: Buffer } {
  const questions: Buffer[] = []
  let rest = bytes
  while (rest.length >= 5) {
    const end = 4 + rest.readUInt32BE(0)
    if (end < 5 || end > mostMessageBytes) return { questions, rest: Buffer.alloc(mostMessageBytes + 1) }
    if (rest.length < end) break
    questions.push(rest.subarray(0, end))
    rest = rest.subarray(end)
  }
  return { questions, rest }
}

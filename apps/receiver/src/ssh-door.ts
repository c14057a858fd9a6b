import { createServer, type Server, type Socket } from 'node:net'
import ssh2, { type Algorithms, type AuthContext, type Connection } from 'ssh2'
import { type Crowd, openCrowd } from './crowd.ts'
import type { From, Visitor } from './doors.ts'
import type { ReceiverParts } from './parts.ts'
import { openSshAuthentication } from './ssh-authentication.ts'
import { serveSshSession } from './ssh-session.ts'

/**
 * git over SSH. Every connection has a time in which to say who it is, a number of tries, and few sessions at once; there is
 * no shell, no forwarding, no subsystem. Any user name will do: the key says who it is.
 */
export type Door = {
  port: number
  /** No new connections; then, with a reason, the end of the ones that are there. */
  stopListening(): void
  close(): Promise<void>
}

export type SshDoorOptions = { host: string | null; port: number; hostKey: string }

/** Of one address as many as one person may have sessions (open-receiver.ts), and some more. */
export const crowdLimits = { total: 256, perKey: 72 }
/** Beyond those: connections that may say who they are, to be told in words that there are too many. Others are closed. */
const tooManyLimits = { total: 64, perKey: 8 }
const maxSessionsAtOnce = 8
const keepalive = { keepaliveInterval: 20_000, keepaliveCountMax: 3 }

/** AES-GCM is OpenSSL's own code in Node; ChaCha20 would be WebAssembly, and is what Terrapin attacks. */
const algorithms: Algorithms = {
  serverHostKey: ['ssh-ed25519'],
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
}

export async function openSshDoor(parts: ReceiverParts, options: SshDoorOptions): Promise<Door> {
  const sockets = new Map<string, Socket>()
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey], algorithms, ident: 'Berth', ...keepalive })
  ssh.on('connection', (connection, client) => {
    const socket = sockets.get(`${client.ip} ${client.port}`)
    if (socket === undefined) connection.end()
    else welcome(parts, connection, { socket, isTooMany: tooMany.has(socket) })
  })
  const crowds = { allowed: openCrowd(crowdLimits), tooMany: openCrowd(tooManyLimits) }
  const tooMany = new WeakSet<Socket>()
  const listener = createServer({ noDelay: true }, (socket) => {
    if (admit(socket, { crowds, tooMany, sockets, loginMs: parts.limits.loginMs })) ssh.injectSocket(socket)
  })
  await listen(listener, options)
  return {
    port: (listener.address() as { port: number }).port,
    stopListening: () => void listener.close(),
    close: async () => {
      for (const socket of sockets.values()) socket.destroy()
      await new Promise<void>((resolve) => listener.close(() => resolve()))
    },
  }
}

function listen(listener: Server, { host, port }: SshDoorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject)
    listener.listen({ ...(host === null ? {} : { host }), port, backlog: 128 }, () => {
      listener.removeListener('error', reject)
      resolve()
    })
  })
}

type Admission = {
  crowds: { allowed: Crowd; tooMany: Crowd }
  tooMany: WeakSet<Socket>
  sockets: Map<string, Socket>
  loginMs: number
}

/** Counts it in, and gives it a time in which to log in. The library does not see who has not sent its first line. */
function admit(socket: Socket, { crowds, tooMany, sockets, loginMs }: Admission): boolean {
  socket.on('error', () => socket.destroy())
  const address = socket.remoteAddress ?? ''
  const allowed = crowds.allowed.enter(address)
  if (allowed === null) tooMany.add(socket)
  const leave = allowed ?? crowds.tooMany.enter(address)
  if (leave === null) {
    socket.destroy()
    return false
  }
  const key = `${socket.remoteAddress} ${socket.remotePort}`
  const tooLong = setTimeout(() => socket.destroy(), loginMs)
  sockets.set(key, socket)
  socket.once(loggedIn, () => clearTimeout(tooLong))
  socket.once('close', () => {
    clearTimeout(tooLong)
    sockets.delete(key)
    leave()
  })
  return true
}

/** How long somebody may be connected without a session: a client that shares its connection comes back to it. */
const idleMs = 5 * 60_000

function startIdle(onIdle: () => void): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  return {
    stop,
    start() {
      stop()
      timer = setTimeout(onIdle, idleMs).unref()
    },
  }
}

const loggedIn = 'berth:logged-in'

function welcome(
  parts: ReceiverParts,
  connection: Connection,
  { socket, isTooMany }: { socket: Socket; isTooMany: boolean },
): void {
  const authentication = openSshAuthentication(parts, () => socket.destroy())
  let sessions = 0
  const idle = startIdle(() => sessions === 0 && socket.destroy())
  connection.on('error', () => socket.destroy())
  connection.on('authentication', (context: AuthContext) => authentication.answer(context))
  connection.on('ready', () => {
    socket.emit(loggedIn)
    idle.start()
    const visitor = authentication.visitor() as Visitor
    const from: From = { door: 'ssh', address: socket.remoteAddress ?? null, userAgent: null }
    connection.on('session', (accept, reject) => {
      if (sessions >= 2 * maxSessionsAtOnce) return reject()
      const isRefused = isTooMany || sessions >= maxSessionsAtOnce
      sessions += 1
      idle.stop()
      const ended = serveSshSession(parts, {
        ...{ session: accept(), connection, visitor, from, isRefused },
      })
      void ended.then(() => {
        sessions -= 1
        idle.start()
      })
    })
  })
}

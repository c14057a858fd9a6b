import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Where git goes for a repository that is not fetched by http: a port of this machine's loopback, behind which this process
 * carries git's words to the host whose address it has checked. So git calls nobody itself, for either protocol, and what
 * is called is what was checked.
 *
 * Others of the machine can reach the port: the path they would have to name is known to git alone, by its environment.
 * Source of the format: gitprotocol-pack(5), "Git Transport".
 */
export type GitDoor = {
  /** `git://127.0.0.1:PORT/…` */
  url: string
  /** What went wrong behind it since it was opened; null: nothing that is known. */
  problem(): Promise<string | null>
  close(): Promise<void>
}

/** A conversation with `git upload-pack` of the far repository. */
export type FarGit = {
  stream: Duplex
  /** Once it is over; null: well, or because it was ended here. */
  problem: Promise<string | null>
  end(): void
}

/** `parameters`: what git says behind its request, as `version=2`. */
export type ReachFarGit = (parameters: readonly string[]) => Promise<FarGit>

const longestRequest = 1_000
const requestWaitMs = 10_000

export async function openGitDoor(reach: ReachFarGit): Promise<GitDoor> {
  const token = randomBytes(16).toString('hex')
  const open = new Set<Socket>()
  const far: FarGit[] = []
  const failures: string[] = []
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(socket).catch((error: Error) => {
      failures.push(error.message)
      socket.destroy()
    })
  })

  async function serve(socket: Socket): Promise<void> {
    const request = await firstLine(socket)
    const parameters = request && parametersOf(request, token)
    if (!parameters) return void socket.destroy()
    const found = await reach(parameters)
    far.push(found)
    socket.on('close', () => found.end())
    found.stream.on('error', () => socket.destroy())
    socket.pipe(found.stream).pipe(socket)
  }

  const port = await listening(server)
  return {
    url: `git://127.0.0.1:${port}/${token}`,
    async problem() {
      const told = await Promise.all(far.map(({ problem }) => problem))
      return [...failures, ...told].findLast((problem) => problem !== null) ?? null
    },
    async close() {
      for (const each of far) each.end()
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const found = server.address()
      resolve(found !== null && typeof found === 'object' ? found.port : 0)
    })
  })
}

/** A pkt-line: four hexadecimal digits for its length, themselves counted. What follows it stays in the socket. */
async function firstLine(socket: Socket): Promise<string | null> {
  const late = setTimeout(() => socket.destroy(), requestWaitMs)
  try {
    const head = await take(socket, 4)
    const length = /^[0-9a-f]{4}$/.test(head ?? '') ? Number.parseInt(head ?? '', 16) : 0
    return length > 4 && length <= longestRequest ? await take(socket, length - 4) : null
  } finally {
    clearTimeout(late)
  }
}

async function take(socket: Socket, bytes: number): Promise<string | null> {
  for (;;) {
    const found = socket.read(bytes) as Buffer | null
    if (found !== null) return found.length === bytes ? found.toString('latin1') : null
    if (socket.destroyed || socket.readableEnded) return null
    await new Promise<void>((resolve) => {
      for (const event of ['readable', 'end', 'close']) socket.once(event, () => resolve())
    })
  }
}

/** `git-upload-pack /TOKEN\0host=…\0\0version=2\0`; undefined: somebody else asks. */
function parametersOf(request: string, token: string): string[] | undefined {
  const [asked = '', , , ...parameters] = request.split('\0')
  const expected = Buffer.from(`git-upload-pack /${token}`)
  const given = Buffer.from(asked)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return parameters.filter((word) => /^[a-z0-9=:_-]+$/i.test(word))
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '@berth/command'

/** A file and a repository of one commit, for ADD, on this machine's loopback. They go when the process goes. */
export type FarFiles = {
  /** `http://…/file` */
  file: string
  /** `git://…/repository.git` */
  repository: string
  close(): Promise<void>
}

export async function startFarFiles(): Promise<FarFiles> {
  const web = createHttpServer((_request, response) => response.end('a file from afar'))
  const pack = await packedRepository()
  const repositories = createServer((socket) => serveRepository(socket, pack))
  const [webPort, gitPort] = [await listen(web), await listen(repositories)]
  return {
    file: `http://127.0.0.1:${webPort}/file`,
    repository: `git://127.0.0.1:${gitPort}/repository.git`,
    async close() {
      for (const server of [web, repositories]) await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What `git upload-pack` would say: the refs, and the pack of all there is. */
type PackedRepository = { commit: string; pack: Buffer }

/** Held in memory, so that a killed process leaves no directory behind. */
async function packedRepository(): Promise<PackedRepository> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-far-'))
  const git = (...words: string[]) =>
    localRunner.run({
      argv: ['git', '-c', 'user.name=t', '-c', 'user.email=t@t', ...words],
      cwd: directory,
      env: { GIT_CONFIG_GLOBAL: '/dev/null' },
    })
  try {
    await git('init', '--quiet', '--initial-branch=main')
    writeFileSync(`${directory}/file`, 'of a repository')
    await git('add', 'file')
    await git('commit', '--quiet', '--message', 'one')
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim()
    const { stdoutBytes } = await git('pack-objects', '--all', '--stdout', '--quiet')
    return { commit, pack: Buffer.from(stdoutBytes) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Version 0 of the protocol, without any capability. Source: gitprotocol-pack(5). */
function serveRepository(socket: Socket, { commit, pack }: PackedRepository): void {
  socket.on('error', () => socket.destroy())
  socket.once('data', () => {
    socket.write(`${line(`${commit} HEAD\0shallow\n`)}${line(`${commit} refs/heads/main\n`)}0000`)
    let asked = ''
    socket.on('data', (piece: Buffer) => {
      asked += piece.toString('latin1')
      if (!asked.includes('done')) return answerDepth(socket, asked, commit)
      socket.write(line('NAK\n'))
      socket.end(pack)
    })
  })
}

/** Of `deepen 1`, with which a fetch begins. */
function answerDepth(socket: Socket, asked: string, commit: string): void {
  if (asked.includes('deepen') && asked.endsWith('0000')) socket.write(`${line(`shallow ${commit}`)}0000`)
}

function line(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text
}

function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const found = server.address()
      resolve(found !== null && typeof found === 'object' ? found.port : 0)
    })
  })
}

import { createConnection } from 'node:net'
import { Duplex } from 'node:stream'
import type { CommandRunner } from '@berth/command'
import type { FarGit, ReachFarGit } from './git-door.ts'
import { RemoteProblem } from './open-url.ts'
import type { OtherAddress } from './repository-address.ts'
import type { SshPlace } from './ssh-place.ts'
import { sshCommand } from './ssh-place.ts'

/** No connection, or nothing more of an answer, for so long: nobody is there. */
const silenceMs = 60_000
const longestProblem = 2_000

/** `git://`: the request is made anew, for the host and path that were asked for. */
export function reachByGit(
  { host, port, path }: OtherAddress & { transport: 'git' },
  address: string,
): ReachFarGit {
  return async (parameters) => {
    const socket = createConnection({ host: address, port })
    const problem = new Promise<string | null>((resolve) => {
      socket.setTimeout(silenceMs, () => socket.destroy(new RemoteProblem('it does not answer')))
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', () => resolve(null))
    })
    const words = [`git-upload-pack ${path}`, `host=${host}:${port}`, '', ...parameters, '']
    socket.write(packetLine(words.join('\0')))
    return { stream: socket, problem, end: () => socket.destroy() }
  }
}

/** By the system's ssh, which is told everything that it does. */
export function reachBySsh(
  commands: CommandRunner,
  address: OtherAddress & { transport: 'ssh' },
  place: SshPlace,
): ReachFarGit {
  return async (parameters) => {
    const ssh = commands.start(sshCommand(place, address, parameters), { stdio: ['pipe', 'pipe', 'pipe'] })
    const { stdin, stdout, stderr } = ssh
    if (stdin === null || stdout === null) throw new Error('ssh was started without its pipes')
    let said = ''
    stderr?.on('data', (piece: Buffer) => {
      said = `${said}${piece}`.slice(-longestProblem)
    })
    let ended = false
    const problem = ssh.exited.then(({ status }) =>
      status === 0 || ended ? null : lastWords(said) || `ssh ended with ${status ?? 'a signal'}`,
    )
    const end = () => {
      ended ||= ssh.pid !== undefined && stdout.readableEnded === false
      ssh.kill('SIGTERM')
    }
    return { stream: Duplex.from({ writable: stdin, readable: stdout }), problem, end } satisfies FarGit
  }
}

/** What ssh says ends with a line of its own; control characters are a server's, and no part of a message. */
function lastWords(said: string): string {
  const lines = said.split(/[\r\n]+/).map((line) => line.replace(/\p{Cc}/gu, '').trim())
  return lines
    .filter((line) => line !== '')
    .slice(-3)
    .join(' ')
    .replace(/\.$/, '')
}

function packetLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text
}

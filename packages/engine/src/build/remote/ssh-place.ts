import { chown, writeFile } from 'node:fs/promises'
import type { Command, CommandRunner } from '@berth/command'
import { openAgentProxy } from '../mounts/agent-proxy.ts'
import { confined } from './git-commands.ts'
import type { OtherAddress } from './repository-address.ts'

/**
 * What ssh finds where it runs, and nothing else counts: an agent behind a proxy that lets it sign and no more, and the
 * hosts whose keys it may believe. No configuration, no key and no `~/.ssh` of any user of the machine is looked at.
 */
export type SshPlace = {
  /** Its working directory: the names of what is in it are short enough for a socket. */
  directory: string
  /** The checked address of the host. */
  address: string
  close(): Promise<void>
}

type SshAddress = OtherAddress & { transport: 'ssh' }

/** ssh wants to know its own user's name, which ids of the builds' range have not. Debian's `nobody`. */
export const sshUser = { uid: 65_534, gid: 65_534 }

const names = { agent: 'agent', knownHosts: 'known_hosts' } as const
const answerSeconds = 30

/** `agent`: the operator's socket. */
export async function openSshPlace(given: {
  directory: string
  address: string
  agent: string
  knownHosts: string
}): Promise<SshPlace> {
  const { directory, address, agent, knownHosts } = given
  await writeFile(`${directory}/${names.knownHosts}`, `${knownHosts}\n`, { mode: 0o644 })
  await chown(directory, sshUser.uid, sshUser.gid)
  const proxy = await openAgentProxy({ agent, directory, name: names.agent, owner: sshUser, mode: 0o600 })
  return { directory, address, close: proxy.close }
}

/** Whether `knownHosts` has a key of the host: of any kind, hashed or not. */
export async function knowsHost(
  commands: CommandRunner,
  { directory }: SshPlace,
  address: SshAddress,
): Promise<boolean> {
  const words = ['ssh-keygen', '-F', hostKeyName(address), '-f', names.knownHosts] as const
  const { status } = await commands.run(
    { argv: [...confined(sshUser), ...words], cwd: directory },
    { okStatuses: [0, 1] },
  )
  return status === 0
}

const settings = [
  ...['BatchMode=yes', 'StrictHostKeyChecking=yes', 'CheckHostIP=no', 'UpdateHostKeys=no'],
  ...[`UserKnownHostsFile=${names.knownHosts}`, 'GlobalKnownHostsFile=/dev/null', 'VerifyHostKeyDNS=no'],
  ...['PreferredAuthentications=publickey', 'IdentityFile=none', 'CanonicalizeHostname=no'],
  ...['ClearAllForwardings=yes', 'ForwardAgent=no', 'ForwardX11=no', 'PermitLocalCommand=no'],
  ...['ControlMaster=no', 'ControlPath=none', 'ProxyCommand=none', 'RequestTTY=no', 'EscapeChar=none'],
  ...[`ConnectTimeout=${answerSeconds}`, `ServerAliveInterval=${answerSeconds}`, 'LogLevel=ERROR'],
  'SendEnv=GIT_PROTOCOL',
]

export function sshCommand(place: SshPlace, address: SshAddress, parameters: readonly string[]): Command {
  const own = [...settings, `HostKeyAlias=${hostKeyName(address)}`]
  return {
    argv: [
      ...confined(sshUser),
      ...['ssh', '-T', '-F', '/dev/null', ...own.flatMap((setting) => ['-o', setting])],
      ...['-p', String(address.port), '-l', address.user, '--', place.address],
      `git-upload-pack ${quotedForShell(address.path)}`,
    ],
    cwd: place.directory,
    env: {
      HOME: place.directory,
      SSH_AUTH_SOCK: names.agent,
      ...(parameters.length === 0 ? {} : { GIT_PROTOCOL: parameters.join(':') }),
    },
  }
}

/** As known_hosts writes it. Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
function hostKeyName({ host, port }: SshAddress): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/** The far side's shell reads it, as it reads git's own. Source: git's quote.c, `sq_quote_buf`. */
function quotedForShell(path: string): string {
  return `'${path.replace(/['!]/g, (character) => `'\\${character}'`)}'`
}

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type CommandResult, localRunner, type RunningCommand } from '@berth/command'
import type { Person } from '@berth/domain'
import type { OpenReceiver } from '../open-receiver.ts'
import { fingerprintOf } from '../ssh-authentication.ts'

/** A person at a terminal: stock git and ssh, a key, a working copy with one commit on `main`. */
export type Pusher = {
  person: Person | null
  token: string
  key: { publicKey: string; fingerprint: string }
  copy: string
  sshConfig: string
  git(...args: string[]): Promise<CommandResult>
  /** A change, committed; returns the commit. */
  commit(content?: string): Promise<string>
  /** Over SSH; `stderr` holds what the person sees. */
  push(app: string, ...refs: string[]): Promise<CommandResult>
  /** A push under way, with the processes that git starts in a group of its own, as a terminal does it. */
  start(...args: string[]): RunningCommand & { killAll(signal: NodeJS.Signals): void }
  url(app: string): string
  ssh(...words: string[]): Promise<CommandResult>
}

export async function openPusher(directory: string, name: string, receiver: OpenReceiver): Promise<Pusher> {
  const own = `${directory}/${name}`
  const copy = `${own}/copy`
  const sshConfig = `${own}/ssh-config`
  await mkdir(copy, { recursive: true })
  await localRunner.run({
    argv: ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', `${own}/key`],
  })
  await writeFile(sshConfig, configuration(own, receiver.sshPort))
  const env = {
    HOME: own,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: `${name}@example.org`,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: `${name}@example.org`,
  }
  const command = (args: string[]) => ({
    argv: ['git', '-c', `core.sshCommand=ssh -F ${sshConfig}`, ...args] as [string, ...string[]],
    cwd: copy,
    env,
  })
  const git = (...args: string[]) =>
    localRunner.run(command(args), { okStatuses: [0, 1, 128], timeoutMs: 20_000 })
  const url = (app: string) => `ssh://git@berth/${app}.git`
  let changes = 0
  const pusher: Pusher = {
    person: null,
    token: '',
    key: parseKey(await readFile(`${own}/key.pub`, 'utf8')),
    copy,
    sshConfig,
    git,
    url,
    async commit(content = `change ${++changes}`) {
      await writeFile(`${copy}/Dockerfile`, `FROM scratch\n# ${content}\n`)
      await git('add', '--all')
      await git('commit', '--quiet', '--message', content)
      return (await git('rev-parse', 'HEAD')).stdout.trim()
    },
    push: (app, ...refs) => git('push', url(app), ...(refs.length === 0 ? ['main'] : refs)),
    start(...args) {
      const running = localRunner.start(command(args), { detached: true })
      return { ...running, killAll: (signal) => void process.kill(-(running.pid as number), signal) }
    },
    ssh: (...words) =>
      localRunner.run(
        { argv: ['ssh', '-F', sshConfig, 'berth', ...words], env },
        { okStatuses: [0, 1, 128, 255], timeoutMs: 20_000 },
      ),
  }
  await git('init', '--quiet', '--initial-branch=main')
  await pusher.commit('first')
  return pusher
}

function configuration(own: string, port: number): string {
  return [
    'Host berth',
    'HostName 127.0.0.1',
    `Port ${port}`,
    'User git',
    `IdentityFile ${own}/key`,
    'IdentitiesOnly yes',
    'StrictHostKeyChecking no',
    'UserKnownHostsFile /dev/null',
    '',
  ].join('\n')
}

function parseKey(line: string): { publicKey: string; fingerprint: string } {
  const [type, blob] = line.split(' ') as [string, string]
  return { publicKey: `${type} ${blob}`, fingerprint: fingerprintOf(Buffer.from(blob, 'base64')) }
}

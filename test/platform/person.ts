import { chmod, writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import type { Platform } from './start-platform.ts'

/** Someone with an account, an API token, and an SSH key that stock git uses through a wrapper-free ssh configuration. */
export type Signed = {
  email: string
  token: string
  /** For the environment of `berth` as a remote client. */
  env: Record<string, string>
  /** What `git` needs in its environment to push as this person over SSH. */
  gitEnv: Record<string, string>
  keyPath: string
}

export async function person(
  platform: Platform,
  name: string,
  options: { team?: string; role?: 'owner' | 'admin' | 'developer' | 'viewer' } = {},
): Promise<Signed> {
  const email = `${name}@example.test`
  const team = options.team ?? `${name}s team`
  await platform.berth([
    'account',
    'create',
    email,
    '--name',
    name,
    '--role',
    options.role ?? 'owner',
    '--team',
    team,
  ])
  const { stdout } = await platform.berth(['account', 'token', email, '--name', 'story', '--json'])
  const { token } = JSON.parse(stdout) as { token: string }
  const env = { BERTH_URL: `http://127.0.0.1:${platform.settings.dashboardPort}`, BERTH_TOKEN: token }
  const keyPath = await makeKey(platform, name)
  await platform.berth(['keys', 'add', `${keyPath}.pub`, '--name', 'story'], { env })
  return { email, token, env, keyPath, gitEnv: gitEnvironment(keyPath) }
}

/** A fresh ed25519 key, known to nobody yet. */
export async function makeKey(platform: Platform, name: string): Promise<string> {
  const keyPath = `${platform.directory}/${name}.key`
  await localRunner.run(command('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', keyPath))
  await chmod(keyPath, 0o600)
  return keyPath
}

export function gitEnvironment(keyPath: string): Record<string, string> {
  return {
    GIT_SSH_COMMAND: `ssh -i ${keyPath} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  }
}

export async function writeFiles(directory: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = `${directory}/${path}`
    await localRunner.run(command('mkdir', '-p', '--', target.slice(0, target.lastIndexOf('/'))))
    await writeFile(target, text)
  }
}

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Command, type CommandRunner, command } from '@berth/command'
import { places, type Settings } from '@berth/domain'
import { waitingProgram } from './program.ts'

/**
 * Where the platform's processes see its code: a read-only bind mount in a mount namespace of `berth up`. So the processes
 * without root reach it wherever the checkout lies (a home directory, a directory that only root may enter), and none
 * of them can change it. It is the same path for every platform, because Node keeps what it compiled by path.
 */
export const mountPoint = '/run/berth-code'

export const checkout = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')

/** `berth up` once more, as the program that stays, in a mount namespace of its own. */
export function insideCommand(settings: Settings, env: Readonly<Record<string, string>>): Command {
  return {
    argv: [
      ...['unshare', '--mount', '--propagation', 'private', '--'],
      ...waitingProgram(checkout, 'apps/cli/src/up/supervisor.ts'),
    ] as [string, ...string[]],
    env: { ...env, NODE_COMPILE_CACHE: places(settings).rootCode },
  }
}

export async function mountCode(root: string, runner: CommandRunner): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o755 })
  await runner.run(command('mount', '--bind', '--', checkout, root))
  await runner.run(command('mount', '-o', 'remount,bind,ro,nosuid,nodev', '--', root))
}

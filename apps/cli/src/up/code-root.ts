import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Command, type CommandRunner, command } from '@berth/command'

/**
 * Where the platform's processes see its code: a read-only bind mount in a mount namespace of `berth up`. So the processes
 * without root reach it wherever the checkout lies (a home directory, a directory that only root may enter), and none
 * of them can change it. It is the same path for every platform, because Node keeps what it compiled by path.
 */
const mountPoint = '/run/berth-code'

export const checkout = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')

const inside = 'BERTH_CODE_ROOT'

/** Null outside: `berth up` has to start itself again as `insideCommand`. */
export function codeRoot(env: Readonly<Record<string, string | undefined>>): string | null {
  return env[inside] ?? null
}

/** The same `berth` call once more, in a mount namespace of its own. */
export function insideCommand(env: Readonly<Record<string, string>>, words: readonly string[]): Command {
  return {
    ...command(
      'unshare',
      '--mount',
      '--propagation',
      'private',
      '--',
      process.execPath,
      `${checkout}/apps/cli/src/berth.ts`,
      ...words,
    ),
    env: { ...env, [inside]: mountPoint },
  }
}

export async function mountCode(root: string, runner: CommandRunner): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o755 })
  await runner.run(command('mount', '--bind', '--', checkout, root))
  await runner.run(command('mount', '-o', 'remount,bind,ro,nosuid,nodev', '--', root))
}

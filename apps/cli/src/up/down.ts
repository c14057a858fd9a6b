import { setTimeout as sleep } from 'node:timers/promises'
import { command, localRunner } from '@berth/command'
import { places, type Settings } from '@berth/domain'
import { destroyEngine } from '@berth/engine'
import { cliError } from '../errors.ts'
import { print } from '../output.ts'
import { upLockOwner } from './up-lock.ts'

const stopWithinMs = 60_000
const removeWithinMs = 600_000

/**
 * `berth down`: stops the platform, then every container. The next `berth up` brings the apps back, because what should
 * run stands in the database. With `remove` nothing of this home is left.
 */
export async function down(settings: Settings, options: { remove?: boolean; yes?: boolean }): Promise<void> {
  if (process.getuid?.() !== 0) throw cliError['UP.NOT_ROOT']({})
  if (options.remove && !options.yes) throw cliError['DOWN.NOT_CONFIRMED']({ home: settings.home })
  await stopPlatform(settings)
  const { engine: home, engineRun: run } = places(settings)
  await destroyEngine({ home, run, commands: localRunner })
  await removeDirectory(settings.run)
  if (options.remove) await removeDirectory(settings.home)
  print(
    options.remove ? `Stopped, and removed ${settings.home}.` : 'Stopped. `berth up` brings every app back.',
  )
}

async function stopPlatform(settings: Settings): Promise<void> {
  const pid = await upLockOwner(settings)
  if (pid === null) return
  process.kill(pid, 'SIGTERM')
  for (let waitedMs = 0; (await upLockOwner(settings)) !== null; waitedMs += 100) {
    if (waitedMs > stopWithinMs) throw cliError['DOWN.STILL_RUNNING']({ pid })
    await sleep(100)
  }
}

async function removeDirectory(path: string): Promise<void> {
  await localRunner.run(command('rm', '-rf', '--one-file-system', '--', path), { timeoutMs: removeWithinMs })
}

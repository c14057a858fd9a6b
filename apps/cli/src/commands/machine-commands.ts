import { readSettings } from '@berth/domain'
import type { Command } from 'commander'
import { examples } from '../examples.ts'

/**
 * Words for root at the machine: run the platform, and take it down. What they need is loaded when they are used, so that
 * a remote command starts at once.
 */
export function addMachineCommands(program: Command): void {
  program
    .command('up')
    .description('run the platform on this machine, in this terminal')
    .addHelpText('after', examples('sudo berth up'))
    .action(async () => {
      const { up } = await import('../up/up.ts')
      up(readSettings(process.env))
    })
  program
    .command('down')
    .description('stop the platform and every app on this machine; nothing is lost')
    .option('--remove', 'and remove all of it: apps, images, database, accounts')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('sudo berth down'))
    .action(async (options: { remove?: boolean; yes?: boolean }) => {
      const { down } = await import('../up/down.ts')
      await down(readSettings(process.env), options)
    })
}

import { readSettings } from '@berth/domain'
import type { Command } from 'commander'
import { down } from '../up/down.ts'
import { up } from '../up/up.ts'

/** Words for root at the machine: run the platform, and take it down. */
export function addMachineCommands(program: Command): void {
  program
    .command('up')
    .description('run the platform on this machine, in this terminal')
    .action(async () => {
      process.exitCode = await up(readSettings(process.env), process.argv.slice(2), (part, line) =>
        process.stdout.write(`${part.padEnd(9)} | ${line}\n`),
      )
    })
  program
    .command('down')
    .description('stop the platform and every app on this machine; nothing is lost')
    .option('--remove', 'and remove all of it: apps, images, database, accounts')
    .option('--yes', 'do not ask')
    .action((options: { remove?: boolean; yes?: boolean }) => down(readSettings(process.env), options))
}

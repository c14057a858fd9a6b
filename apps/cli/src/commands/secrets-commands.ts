import { readSettings } from '@berth/domain'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { print } from '../output.ts'

/** Words for root at the machine: the key that the database's secrets are sealed with. */
export function addSecretsCommands(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('the key of what is kept encrypted, at the machine itself')
  secrets
    .command('rotate')
    .description('a new key for everything that is kept encrypted, while the platform runs; takes a minute')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  sudo berth secrets rotate')
    .action(rotate)
}

async function rotate({ json }: { json?: boolean }): Promise<void> {
  if (process.getuid?.() !== 0) throw cliError['SECRETS.NOT_ROOT']()
  const { turnSealingKey } = await import('@berth/database')
  if (!json) print('Sealing everything anew. Both keys count until the writes that are under way have ended.')
  const turned = await turnSealingKey(readSettings(process.env))
  if (json) return print(JSON.stringify(turned, null, 2))
  if (turned.resumed) print('An earlier rotation was broken off: this one ended it.')
  print(
    `Sealed ${turned.values} ${turned.values === 1 ? 'value' : 'values'} with the new key. The former one opens nothing any more.`,
  )
  if (turned.unreadable > 0)
    print(`${turned.unreadable} could not be opened with any key, and were left as they are.`)
  print('Back up the new key: secrets/sealing under the platform’s home.')
}

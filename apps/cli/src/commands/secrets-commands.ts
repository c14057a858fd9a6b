import type { TurnedKey } from '@berth/database'
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
    .option('--drop-former', 'forget the former key even where values are left that no key opens')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  sudo berth secrets rotate')
    .action(rotate)
}

async function rotate({ json, dropFormer }: { json?: boolean; dropFormer?: boolean }): Promise<void> {
  if (process.getuid?.() !== 0) throw cliError['SECRETS.NOT_ROOT']()
  const { turnSealingKey } = await import('@berth/database')
  if (!json) print('Sealing everything anew. Both keys count until the writes that are under way have ended.')
  const turned = await turnSealingKey(readSettings(process.env), { dropFormer })
  if (json) return print(JSON.stringify(turned, null, 2))
  for (const line of linesOf(turned)) print(line)
}

export function linesOf({ resumed, values, unreadable, formerDropped }: TurnedKey): string[] {
  return [
    ...(resumed ? ['An earlier rotation was broken off: this one ends it, and makes no other key.'] : []),
    `Sealed ${values} ${values === 1 ? 'value' : 'values'} with the new key.`,
    ...(unreadable > 0 ? [`${unreadable} cannot be opened with any key, and stay as they are.`] : []),
    formerDropped
      ? 'The former key opens nothing any more.'
      : 'So the former key is kept, in case they need it. To forget it: berth secrets rotate --drop-former',
    'Back up the key: secrets/sealing under the platform’s home.',
  ]
}

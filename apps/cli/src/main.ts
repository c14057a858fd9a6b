/**
 * The `berth` command. Two kinds of words: those that ask a platform somewhere, as the person who is signed in, and those
 * for root at the machine itself (`up`, `down`, `account`, `image`, `engine`).
 */
import { Command } from 'commander'
import { addAccountCommands } from './commands/account-commands.ts'
import { addAppCommands } from './commands/app-commands.ts'
import { addImageCommands } from './commands/image-commands.ts'
import { addLogCommands } from './commands/log-commands.ts'
import { addMachineCommands } from './commands/machine-commands.ts'
import { addRegistryCommands } from './commands/registry-commands.ts'
import { addSignInCommands } from './commands/sign-in-commands.ts'
import { addEngineCommands } from './engine/engine-commands.ts'
import { sayError } from './say-error.ts'

const program = new Command('berth')
  .description('git push deploys, on a machine of your own.')
  .helpOption('-h, --help', 'what a command does')
  .showSuggestionAfterError(true)
  .configureHelp({ showGlobalOptions: false })
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, ' !     ')) })
  .addHelpText(
    'after',
    `
Examples:
  berth login http://berth.example.com     sign in to your platform
  berth create shop                        make an app; then: git push berth main
  berth logs -f --app shop                 watch what it prints
  sudo berth up                            run the platform on this machine`,
  )

addSignInCommands(program)
addAppCommands(program)
addLogCommands(program)
addRegistryCommands(program)
addMachineCommands(program)
addAccountCommands(program)
addImageCommands(program)
addEngineCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = await sayError(error)
}

/** The `berth` command: what its words mean stands in words.ts. */
import { Command } from 'commander'
import { sayError } from './say-error.ts'
import { splitWord } from './split-word.ts'
import { addSaid } from './word-group.ts'
import { words } from './words.ts'

const program = new Command('berth')
  .description('git push deploys, on a machine of your own.')
  .helpOption('-h, --help', 'what a command does')
  .showSuggestionAfterError(true)
  // What stands behind a container's command is the command's: `berth engine run app sh -c …`.
  .enablePositionalOptions()
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

try {
  const said = splitWord(process.argv.slice(2))
  await addSaid(program, words, said[0])
  await program.parseAsync(said, { from: 'user' })
} catch (error) {
  process.exitCode = await sayError(error)
}

import { Command } from 'commander'
import manifest from '../package.json' with { type: 'json' }

/** The `berth` command without its words, which words.ts adds. */
export function newProgram(): Command {
  return (
    new Command('berth')
      .description('git push deploys, on a machine of your own.')
      .version(manifest.version, '-V, --version', 'the version of this command')
      .helpOption('-h, --help', 'what a command does')
      .showSuggestionAfterError(true)
      .showHelpAfterError(' !     Behind it, --help says what it takes.')
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
  sudo berth up                            run the platform on this machine

A word and the one after it can be written with a colon, as elsewhere: berth ps:scale web=2`,
      )
  )
}

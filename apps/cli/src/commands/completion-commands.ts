import { Argument, type Command } from 'commander'
import { completeWords } from '../complete/complete-words.ts'
import { type Shell, shellScripts, shells } from '../complete/shell-scripts.ts'
import { print } from '../output.ts'
import { newProgram } from '../program.ts'
import { remote } from '../remote.ts'
import { splitWord } from '../split-word.ts'
import { addSaid } from '../word-group.ts'

/** So long a shell waits for the names of apps. */
const askWithinMs = 1_000

export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .description('what makes Tab complete commands, for your shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => print(shellScripts[shell]))
    .addHelpText(
      'after',
      `
Examples:
  berth completion bash > /etc/bash_completion.d/berth
  echo 'source <(berth completion zsh)' >> ~/.zshrc
  berth completion fish > ~/.config/fish/completions/berth.fish`,
    )
  program.command('complete', { hidden: true }).argument('[words...]').action(complete)
}

async function complete(typed: string[]): Promise<void> {
  const { words } = await import('../words.ts')
  const said = typed.length > 1 ? splitWord(typed) : typed
  const program = newProgram()
  await addSaid(program, words, said.length > 1 ? said[0] : undefined)
  for (const word of await completeWords(program, said, { apps: appNames })) print(word)
}

/** A shell that completes says nothing of what went wrong: without a platform there are no names. */
async function appNames(): Promise<string[]> {
  try {
    const { apps } = await remote()
    const found = await apps.list.query(undefined, { signal: AbortSignal.timeout(askWithinMs) })
    return found.map(({ name }) => name)
  } catch {
    return []
  }
}

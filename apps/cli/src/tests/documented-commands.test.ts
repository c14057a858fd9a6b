import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { newProgram } from '../program.ts'
import { splitWord } from '../split-word.ts'
import { addSaid } from '../word-group.ts'
import { words } from '../words.ts'
import { commandsOf, documentedCommands } from './documented-commands.ts'

test.each(documentedCommands())('$page, line $line: berth $text', async ({ words: said }) => {
  const program = newProgram()
  await addSaid(program, words, undefined)
  for (const command of everyCommand(program)) command.exitOverride().action(() => undefined)
  await expect(program.parseAsync(splitWord(said), { from: 'user' })).resolves.toBeDefined()
})

test('a call is read without what stands around it', () => {
  const page = [
    'berth not in a block',
    '```sh',
    'cat .env | sudo berth config import - --app shop',
    'berth ps   # all',
    '```',
  ]
  expect(commandsOf('page', page.join('\n'))).toEqual([
    {
      page: 'page',
      line: 3,
      text: 'config import - --app shop',
      words: ['config', 'import', '-', '--app', 'shop'],
    },
    { page: 'page', line: 4, text: 'ps', words: ['ps'] },
  ])
})

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

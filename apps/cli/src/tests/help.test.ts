import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { newProgram } from '../program.ts'
import { addSaid } from '../word-group.ts'
import { words } from '../words.ts'

type Leaf = { called: string; command: Command }

/** Whose flags are docker's, and whose examples are everywhere. */
const known = new Set(['engine', 'image'])

async function leaves(): Promise<Leaf[]> {
  const program = newProgram()
  await addSaid(program, words, undefined)
  return visible(program)
    .filter((command) => !known.has(command.name()))
    .flatMap((command) => below(command, command.name()))
}

function below(command: Command, called: string): Leaf[] {
  const further = visible(command).flatMap((found) => below(found, `${called} ${found.name()}`))
  return further.length > 0 ? further : [{ called, command }]
}

function visible(command: Command): Command[] {
  return [...command.createHelp().visibleCommands(command)].filter((found) => found.name() !== 'help')
}

function helpOf(command: Command): string {
  const pieces: string[] = []
  command.configureOutput({ writeOut: (piece) => void pieces.push(piece) }).outputHelp()
  return pieces.join('')
}

/** What a group does without a word behind it. */
const byItself = / (?:list|show)$/

test('the help of every command, or of its group, shows how it is used', async () => {
  const without = (await leaves()).filter(({ called, command }) => {
    const help = [command, command.parent].map((found) => (found ? helpOf(found) : '')).join('\n')
    return !new RegExp(`(?: {2}|sudo |[|(] ?)berth ${called.replace(byItself, '')}`).test(help)
  })
  expect(without.map(({ called }) => called)).toEqual([])
})

test('what lists or shows can be read by programs', async () => {
  const shows = /\b(?:list|show|info|history|diff)\b/
  const without = (await leaves()).filter(
    ({ called, command }) => shows.test(called) && !command.options.some(({ long }) => long === '--json'),
  )
  expect(without.map(({ called }) => called)).toEqual([])
})

test('every command says what it does', async () => {
  const silent = (await leaves()).filter(({ command }) => command.description() === '')
  expect(silent.map(({ called }) => called)).toEqual([])
})

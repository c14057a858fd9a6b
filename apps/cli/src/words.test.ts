import { Command } from 'commander'
import { expect, test } from 'vitest'
import { verbs } from './engine/engine-commands.ts'
import { addSaid, type WordGroup } from './word-group.ts'
import { words } from './words.ts'

const names = (parent: Command) => parent.commands.map((command) => command.name())

test.each([...words, ...verbs])('$words are what their group adds', async (group) => {
  const parent = new Command().enablePositionalOptions()
  await (await group.load())(parent)
  expect(names(parent)).toEqual(group.words)
})

const groupOf = (word: string): WordGroup => ({
  words: [word],
  load: async () => (parent) => void parent.command(word),
})

test('a word loads its own group; what is nobody’s loads all', async () => {
  const groups = [groupOf('eat'), groupOf('sleep')]
  const added = async (said: string | undefined) => {
    const parent = new Command()
    await addSaid(parent, groups, said)
    return names(parent)
  }
  expect(await added('sleep')).toEqual(['sleep'])
  expect(await added('help')).toEqual(['eat', 'sleep'])
  expect(await added(undefined)).toEqual(['eat', 'sleep'])
})

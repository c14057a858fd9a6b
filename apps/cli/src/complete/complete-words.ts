import type { Command, Option } from 'commander'

/**
 * What may come next of what somebody types: words, flags and the choices of a flag, read from the commands themselves.
 * `said`: the words behind `berth`; the last one is still being typed, and may be empty. What only the platform knows
 * (the names of apps) is asked for with `apps`, where it can stand.
 */
export async function completeWords(
  program: Command,
  said: readonly string[],
  asks: { apps(): Promise<readonly string[]> },
): Promise<string[]> {
  const before = said.slice(0, -1)
  const typed = said.at(-1) ?? ''
  const { command, awaits } = walk(program, before)
  const found = await possible(command, { awaits, typed, asks })
  return found.filter((word) => word.startsWith(typed)).sort()
}

type Place = { command: Command; awaits: Option | null }

/** The command that the words lead to, and the flag that still waits for its value. */
function walk(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, awaits: null }
  for (const word of words) place = step(place, word)
  return place
}

function step({ command, awaits }: Place, word: string): Place {
  if (awaits !== null) return { command, awaits: null }
  if (!word.startsWith('-')) return { command: named(command, word) ?? command, awaits: null }
  const option = command.options.find(({ short, long }) => word === short || word === long)
  return { command, awaits: option?.required ? option : null }
}

function named(command: Command, word: string): Command | undefined {
  return command.commands.find((found) => found.name() === word || found.aliases().includes(word))
}

async function possible(
  command: Command,
  {
    awaits,
    typed,
    asks,
  }: { awaits: Option | null; typed: string; asks: { apps(): Promise<readonly string[]> } },
): Promise<string[]> {
  if (awaits?.long === '--app') return [...(await asks.apps())]
  if (awaits !== null) return [...(awaits.argChoices ?? [])]
  if (typed.startsWith('-'))
    return command.options.flatMap(({ hidden, long }) => (hidden || !long ? [] : [long]))
  return [
    ...command
      .createHelp()
      .visibleCommands(command)
      .map((found) => found.name()),
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  ].filter((word) => word !== 'help')
}

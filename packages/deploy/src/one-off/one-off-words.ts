import type { ImageConfig } from '@berth/engine'
import { type ProcessArguments, processArguments } from '@berth/release'
import type { Subject } from '../undertaking.ts'

/** What a person asks for: a list of words, as they typed it. */
export type AskedCommand = {
  words: readonly string[]
  /** False: in place of the image's ENTRYPOINT instead of behind it. */
  entrypoint: boolean
}

/**
 * What a one-off instance is started with. One word alone that is a process type of the Procfile means its command, as
 * on Heroku; one word alone that holds blanks, variables or operators is a line as in a Procfile, with a shell where it
 * needs one. Everything else is taken as it is: no word is split, no variable expanded.
 * @throws RELEASE.COMMAND_INVALID, RELEASE.COMMAND_NEEDS_SHELL, RELEASE.NOTHING_TO_RUN
 */
export function oneOffArguments(
  { release, image, hasShell }: Pick<Subject, 'release' | 'image' | 'hasShell'>,
  { words, entrypoint }: AskedCommand,
  env: Readonly<Record<string, string>>,
): ProcessArguments {
  const read = (line: string | null) =>
    processArguments(line, { ...image.config.env, ...env }, { ...image.config, hasShell })
  const [only, ...more] = words
  const definition = more.length === 0 ? release.processes.find(({ type }) => type === only) : undefined
  const given = definition
    ? read(definition.command)
    : isLine(words)
      ? read(only ?? '')
      : { entrypoint: null, command: [...words] }
  return entrypoint || given.command === null ? given : { ...given, entrypoint: [] }
}

/** In a running instance nothing stands before the words: its ENTRYPOINT has done its work. */
export function execWords(
  { image, hasShell }: Pick<Subject, 'image' | 'hasShell'>,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly string[] {
  if (!isLine(words)) return words
  const variables = { ...image.config.env, ...env }
  return processArguments(words[0] ?? '', variables, { ...image.config, hasShell }).command ?? []
}

/** The whole list that a process begins with, the image's own words among it. */
export function allWords(
  { entrypoint, command }: ProcessArguments,
  image: Pick<ImageConfig, 'entrypoint' | 'command'>,
): string[] {
  const inherited = entrypoint === null ? (image.command ?? []) : []
  return [...(entrypoint ?? image.entrypoint ?? []), ...(command ?? inherited)]
}

/** One word alone with anything in it that no program's name or path has. */
function isLine(words: readonly string[]): boolean {
  return words.length === 1 && !/^[A-Za-z0-9_./:=@%+,-]+$/.test(words[0] ?? '')
}

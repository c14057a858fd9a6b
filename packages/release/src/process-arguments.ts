import { releaseError } from './errors.ts'
import { type Part, readCommand, type Word } from './read-command.ts'

/** What of an image counts here. `hasShell`: there is an executable `sh` on its PATH. */
export type ImageCommand = {
  entrypoint: readonly string[] | null
  command: readonly string[] | null
  hasShell: boolean
}

/** As in the engine's ContainerSpec: null leaves the image's own. */
export type ProcessArguments = { entrypoint: readonly string[] | null; command: readonly string[] | null }

/**
 * How a process type's command is started: its words in place of CMD, the image's ENTRYPOINT before them. What needs a
 * shell becomes `sh -c` in place of CMD; the shell inside the container then expands variables itself.
 *
 * `variables` are what `$VAR` stands for: the image's environment and over it the result of `runEnvironment`, so that
 * `$PORT` is there. As in a shell, an unknown one is empty, and one outside of quotes is split at white space (`java
 * $JAVA_OPTS`). Patterns (`*.js`) stay as they are.
 * @throws RELEASE.COMMAND_INVALID, RELEASE.COMMAND_NEEDS_SHELL, RELEASE.NOTHING_TO_RUN
 */
export function processArguments(
  command: string | null,
  variables: Readonly<Record<string, string>>,
  image: ImageCommand,
): ProcessArguments {
  if (command === null) return imageArguments(image)
  const { words, needsShell } = readCommand(command)
  if (needsShell !== null) {
    if (!image.hasShell) throw releaseError['RELEASE.COMMAND_NEEDS_SHELL']({ because: needsShell })
    return { entrypoint: null, command: ['sh', '-c', command] }
  }
  const argv = words.flatMap((word) => expandWord(word, variables))
  if (argv.length === 0) throw releaseError['RELEASE.COMMAND_INVALID']({ reason: 'it is empty.' })
  return { entrypoint: null, command: argv }
}

function imageArguments(image: ImageCommand): ProcessArguments {
  if (!image.entrypoint?.length && !image.command?.length)
    throw releaseError['RELEASE.NOTHING_TO_RUN'](undefined)
  return { entrypoint: null, command: null }
}

/** One word, or several or none where an unquoted variable holds white space or nothing. */
function expandWord(word: Word, variables: Readonly<Record<string, string>>): string[] {
  const fields: string[][] = [[]]
  for (const piece of word.flatMap((part) => piecesOf(part, variables))) {
    if (piece === fieldEnd) fields.push([])
    else fields.at(-1)?.push(piece)
  }
  return fields.filter((field) => field.length > 0).map((field) => field.join(''))
}

const fieldEnd = null

function piecesOf(part: Part, variables: Readonly<Record<string, string>>): (string | typeof fieldEnd)[] {
  if (part.kind === 'text') return [part.text]
  const value = variable(variables, part.name)
  if (part.quoted) return [value]
  const pieces = value.split(/[ \t\n]+/).flatMap((piece) => [fieldEnd, piece])
  return pieces.slice(1).filter((piece) => piece !== '')
}

function variable(variables: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(variables, name) ? (variables[name] ?? '') : ''
}

import {
  isBerthError,
  type ProcessDefinition,
  type ProcessType,
  parseProcessType,
  printable,
  web,
} from '@berth/domain'
import { releaseError } from './errors.ts'
import { readCommand } from './read-command.ts'

/**
 * The Procfile, strict: a line that is not understood rejects the file, because a merge marker or a typing error that
 * is skipped silently costs a process type. A command is kept as it stands; it is only checked that it can be split.
 */
export type Procfile = {
  /** In the order of the file. Never holds `release`. */
  processes: ProcessDefinition[]
  /** Run once before a release's instances start. */
  releaseCommand: string | null
}

export const procfileLimits = { bytes: 64 * 1024, processTypes: 100 }

const release = 'release' as ProcessType

/** What counts without a Procfile: the image's own command is `web`. */
export const imageProcesses: Procfile = { processes: [{ type: web, command: null }], releaseCommand: null }

/**
 * A file with nothing but a release command (or nothing at all) leaves the image's command as `web`.
 * @throws RELEASE.PROCFILE_INVALID, with the first bad line
 */
export function parseProcfile(text: string): Procfile {
  if (Buffer.byteLength(text) > procfileLimits.bytes) throw invalid(1, 'it is larger than 64 KB.')
  const commands = new Map<ProcessType, string>()
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const process = parseLine(line, index + 1)
    if (process === null) continue
    if (commands.has(process.type)) throw invalid(index + 1, `"${process.type}" is defined a second time.`)
    commands.set(process.type, process.command)
    if (commands.size > procfileLimits.processTypes)
      throw invalid(index + 1, 'it has more than 100 process types.')
  }
  return fromCommands(commands)
}

function fromCommands(commands: Map<ProcessType, string>): Procfile {
  const releaseCommand = commands.get(release) ?? null
  commands.delete(release)
  if (commands.size === 0) return { ...imageProcesses, releaseCommand }
  return { processes: [...commands].map(([type, command]) => ({ type, command })), releaseCommand }
}

function parseLine(given: string, line: number): { type: ProcessType; command: string } | null {
  const text = given.trim()
  if (text === '' || text.startsWith('#') || text.startsWith('//')) return null
  if (hasControlCharacter(text)) throw invalid(line, 'it holds a control character.')
  const colon = text.indexOf(':')
  if (colon < 1) throw invalid(line, `${printable(text)} is not \`<type>: <command>\`.`)
  const command = text.slice(colon + 1).trim()
  if (command === '') throw invalid(line, `${printable(text)} has no command.`)
  return { type: typeOf(text.slice(0, colon), line), command: checked(command, line) }
}

function typeOf(given: string, line: number): ProcessType {
  try {
    return parseProcessType(given)
  } catch (error) {
    if (!isBerthError(error)) throw error
    throw invalid(line, `${error.message} ${error.hint}`)
  }
}

function checked(command: string, line: number): string {
  try {
    readCommand(command)
    return command
  } catch (error) {
    if (!isBerthError(error)) throw error
    throw invalid(line, error.message)
  }
}

/** Tabs are fine: they separate words. */
function hasControlCharacter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)
}

function invalid(line: number, reason: string) {
  return releaseError['RELEASE.PROCFILE_INVALID']({ line, reason })
}

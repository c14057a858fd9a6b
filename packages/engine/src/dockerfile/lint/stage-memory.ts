import { posix } from 'node:path'
import type { Variables } from '../expand-words.ts'
import type { CommandLine, StageInstruction } from '../instruction.ts'
import { quoted } from '../source-text.ts'
import type { Finding } from './rules.ts'
import { expandWatched } from './watched-variables.ts'

/** What the rules about a whole stage remember of its instructions so far. */
export type StageMemory = {
  /** Names of ARGs, with a value or without. */
  declared: ReadonlySet<string>
  hasWorkdir: boolean
  /** JSONArgsRecommended, MultipleInstructionsDisallowed and WorkdirRelativePath. */
  look(instruction: StageInstruction, scope: StageScope): Finding[]
}

type StageScope = { variables: Variables; hasOwnShell: boolean; escape: '\\' | '`' }

/** A stage knows what the stage that it stands on knew. */
export function rememberedStage(base: StageMemory | undefined): StageMemory {
  const declared = new Set(base?.declared)
  const seenAt = new Map<string, number>()

  function once({ keyword, place }: StageInstruction): Finding[] {
    const before = seenAt.get(keyword)
    seenAt.set(keyword, place.line)
    if (before === undefined) return []
    const text = `there is another ${keyword} in this stage, below: only the last one counts.`
    return [{ rule: 'MultipleInstructionsDisallowed', line: before, text }]
  }

  function workdir(given: string, line: number, scope: StageScope): Finding[] {
    const path = expandWatched(given, scope.variables, { escape: scope.escape }).text ?? ''
    const isLoose = !memory.hasWorkdir && !posix.isAbsolute(path)
    memory.hasWorkdir = true
    const text = `WORKDIR ${quoted(path)} depends on where the base image stands: begin it with "/".`
    return isLoose ? [{ rule: 'WorkdirRelativePath', line, text }] : []
  }

  const memory: StageMemory = {
    declared,
    hasWorkdir: base?.hasWorkdir ?? false,
    look(instruction, scope) {
      switch (instruction.keyword) {
        case 'ARG':
          for (const { name } of instruction.declarations) declared.add(name)
          return []
        case 'WORKDIR':
          return workdir(instruction.path, instruction.place.line, scope)
        case 'CMD':
        case 'ENTRYPOINT':
          return [...once(instruction), ...shellForm(instruction, instruction.command, scope)]
        case 'HEALTHCHECK':
          return once(instruction)
        default:
          return []
      }
    },
  }
  return memory
}

/** Who names a shell means the shell form. */
function shellForm(
  { keyword, place }: StageInstruction,
  command: CommandLine | null,
  { hasOwnShell }: StageScope,
): Finding[] {
  if (hasOwnShell || command?.form !== 'shell') return []
  const text = `write ${keyword} as a JSON list of words: a shell in between keeps signals from the program.`
  return [{ rule: 'JSONArgsRecommended', line: place.line, text }]
}

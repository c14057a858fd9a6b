import { type Heredoc, parseHeredoc } from '../dockerfile/heredoc.ts'
import type { RunInstruction, WorkdirInstruction } from '../dockerfile/instruction.ts'
import type { Place } from '../dockerfile/source-text.ts'
import type { ImageConfig } from '../engine.ts'
import { buildError } from './errors.ts'
import type { RunAction, RunMount, WorkdirAction } from './plan.ts'
import { type Expander, inWorkingDirectory, shellOf } from './stage-state.ts'

export type RunScope = {
  config: ImageConfig
  env: Readonly<Record<string, string>>
  unkeyedEnv: Readonly<Record<string, string>>
  mounts: readonly RunMount[]
}

/** @throws BUILD.SYNTAX */
export function planRun(
  instruction: RunInstruction,
  { config, env, unkeyedEnv, mounts }: RunScope,
): RunAction {
  const script = scriptOf(instruction)
  const command =
    instruction.command.form === 'exec' ? instruction.command.words.join(' ') : instruction.command.line
  return {
    kind: 'run',
    argv: argvOf(instruction, config),
    env,
    unkeyedEnv,
    workingDirectory: config.workingDirectory || '/',
    user: config.user,
    network: instruction.network,
    script,
    command,
    mounts,
  }
}

/** Where a script of `#!` is found while its step runs. */
export const scriptPath = '/run/berth/step'

/**
 * A line that is a heredoc and nothing else is a script: run by the shell, or as a program of its own when it begins
 * with `#!`. In any other line the shell reads the heredocs itself.
 */
function argvOf(instruction: RunInstruction, config: ImageConfig): readonly string[] {
  const { command, heredocs } = instruction
  if (command.form === 'exec') return command.words
  const shell = shellOf(config)
  if (heredocs.length === 0) return [...shell, command.line]
  const script = scriptOf(instruction)
  if (script !== null) return [...interpreterOf(script, instruction.place), scriptPath]
  const [only] = heredocs
  if (only !== undefined && isHeredocAlone(command.line, heredocs)) return [...shell, only.content]
  return [...shell, [command.line, ...heredocs.map((each) => `${each.content}${each.name}`)].join('\n')]
}

function scriptOf({ command, heredocs }: RunInstruction): string | null {
  const [only] = heredocs
  if (command.form === 'exec' || only === undefined || !isHeredocAlone(command.line, heredocs)) return null
  return only.content.startsWith('#!') ? only.content : null
}

/** As the kernel reads the first line: a program, and what follows it as one argument. Source: execve(2). */
function interpreterOf(script: string, place: Place): readonly string[] {
  const [, program, argument] = /^#![ \t]*(\/\S*)[ \t]*(.*?)[ \t]*$/m.exec(script) ?? []
  if (program === undefined) {
    throw buildError['BUILD.SYNTAX']({ place, problem: 'the script begins with #! but names no program.' })
  }
  return argument === undefined || argument === '' ? [program] : [program, argument]
}

function isHeredocAlone(line: string, heredocs: readonly Heredoc[]): boolean {
  return heredocs.length === 1 && parseHeredoc(line) !== undefined
}

export function planWorkdir(instruction: WorkdirInstruction, config: ImageConfig, expand: Expander) {
  const given = expand.one(instruction.path, instruction.place)
  const path = inWorkingDirectory(config, given)
  // Kept as it is written, as with BuildKit.
  const slash = given.startsWith('/') && given.endsWith('/') && path !== '/' ? '/' : ''
  const action: WorkdirAction | null = path === '/' ? null : { kind: 'workdir', path, user: config.user }
  return { action, config: { ...config, workingDirectory: path + slash } }
}

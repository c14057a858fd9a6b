import type { Heredoc } from '../dockerfile/heredoc.ts'
import type { CopyInstruction, RunInstruction, WorkdirInstruction } from '../dockerfile/instruction.ts'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import type { ImageConfig } from '../engine.ts'
import type { ContextIndex } from './context.ts'
import { buildError } from './errors.ts'
import { type ModeChange, parseMode } from './mode.ts'
import type { CopyAction, CopyFromAction, CopyTarget, Origin, RunAction, WorkdirAction } from './plan.ts'
import { selectSources } from './select-sources.ts'
import { type Expander, inWorkingDirectory, shellOf } from './stage-state.ts'

export function planRun(
  instruction: RunInstruction,
  config: ImageConfig,
  env: Readonly<Record<string, string>>,
  unkeyedEnv: Readonly<Record<string, string>>,
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
    mounts: [],
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
  return heredocs.length === 1 && /^\d*<<-?\S+$/.test(line)
}

export function planWorkdir(instruction: WorkdirInstruction, config: ImageConfig, expand: Expander) {
  const path = inWorkingDirectory(config, expand.one(instruction.path, instruction.place))
  const action: WorkdirAction | null = path === '/' ? null : { kind: 'workdir', path, user: config.user }
  return { action, config: { ...config, workingDirectory: path } }
}

/** `from` null: the context. @throws BUILD.SYNTAX, BUILD.SOURCE_NOT_FOUND */
export function planCopy(
  instruction: CopyInstruction,
  config: ImageConfig,
  expand: Expander,
  from: Origin | null,
  index: ContextIndex,
): CopyAction | CopyFromAction {
  const { place } = instruction
  const sources = instruction.sources.map((source) => expand.one(source, place))
  const exclude = instruction.exclude.map((pattern) => expand.one(pattern, place))
  const target = copyTarget(instruction, config, expand)
  if (from !== null) {
    return {
      kind: 'copy-from',
      ...target,
      from,
      fromName: instruction.from ?? '',
      sources,
      exclude,
      keepParents: false,
    }
  }
  return {
    kind: 'copy',
    ...target,
    sources: selectSources(index, { sources, exclude, place }),
    inline: instruction.inline.map(({ name, content, expand: expands }) => ({
      name,
      content: expands ? expand.raw(content, place) : content,
    })),
    unpack: instruction.unpack,
    remote: [],
    exclude,
    keepParents: false,
  }
}

function copyTarget(instruction: CopyInstruction, config: ImageConfig, expand: Expander): CopyTarget {
  const { place } = instruction
  const given = expand.one(instruction.destination, place)
  const owner = instruction.owner === null ? null : expand.one(instruction.owner, place)
  if (given === '') throw buildError['BUILD.SYNTAX']({ place, problem: 'the destination is empty.' })
  return {
    destination: inWorkingDirectory(config, given),
    isDirectory: /(?:^|\/)\.{0,2}$/.test(given),
    owner: owner === '' ? null : owner,
    mode: instruction.mode === null ? null : modeOf(expand.one(instruction.mode, place), instruction),
  }
}

function modeOf(text: string, { place }: CopyInstruction): ModeChange {
  const mode = parseMode(text)
  if (mode !== undefined) return mode
  const problem = `--chmod needs a mode such as 755 or u=rwX,go=rX; this is ${quoted(text)}.`
  throw buildError['BUILD.SYNTAX']({ place, problem })
}

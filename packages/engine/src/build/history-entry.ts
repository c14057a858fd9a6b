import { parseHeredoc } from '../dockerfile/heredoc.ts'
import type { CopyInstruction, RunInstruction, StageInstruction } from '../dockerfile/instruction.ts'
import { wordsBetweenBlanks } from '../dockerfile/line-parts.ts'
import type { Healthcheck, ImageConfig } from '../engine.ts'
import type { CopyAction, CopyFromAction, StepAction } from './plan.ts'
import { assigned, type Expander, ports, type StageState, shellOf } from './stage-state.ts'

/**
 * What an image's history says of an instruction, in the words that `docker history` shows for an image of BuildKit's.
 * Reference: the calls of commitToHistory in BuildKit's frontend/dockerfile/dockerfile2llb/convert.go.
 */
export type Done = {
  instruction: StageInstruction
  /** Of the state before. */
  expand: Expander
  after: StageState
  action: StepAction | null
}

/** The comment of every entry. */
export const historyComment = 'buildkit.dockerfile.v0'

/** Null: it leaves no entry. */
export function historyEntry({ instruction, expand, after, action }: Done): string | null {
  const { config } = after
  const { keyword, place } = instruction
  switch (keyword) {
    case 'RUN':
      return `RUN ${[...argumentsOf(after), ...commandOf(instruction, action, config)].join(' ')} # buildkit`
    case 'COPY':
    case 'ADD':
      return `${copyEntry(instruction, expand, action)} # buildkit`
    case 'WORKDIR':
      return `WORKDIR ${config.workingDirectory}`
    case 'ENV':
    case 'LABEL':
      return [keyword, ...assigned(instruction.assignments, expand, place).map(pair)].join(' ')
    case 'ARG': {
      const values = instruction.declarations.map(
        ({ name }) => [name, after.declared.get(name) ?? null] as const,
      )
      return [keyword, ...values.map(([name, value]) => (value === null ? name : pair([name, value])))].join(
        ' ',
      )
    }
    case 'EXPOSE': {
      // In the order of how they are written: a variable stands before all numbers.
      const words = wordsBetweenBlanks(instruction.ports)
        .sort()
        .flatMap((word) => expand.many(word, place))
      return `EXPOSE [${ports(words, place).join(' ')}]`
    }
    case 'VOLUME':
      return `VOLUME [${instruction.paths.map((path) => expand.one(path, place)).join(' ')}]`
    case 'CMD':
      return `CMD ${quotedList(config.command)}`
    case 'ENTRYPOINT':
      return `ENTRYPOINT ${quotedList(config.entrypoint)}`
    case 'USER':
      return `USER ${config.user}`
    case 'STOPSIGNAL':
      return `STOPSIGNAL ${config.stopSignal ?? ''}`
    case 'SHELL':
      return `SHELL [${instruction.words.join(' ')}]`
    case 'MAINTAINER':
      return `MAINTAINER ${instruction.name}`
    case 'HEALTHCHECK':
      return `HEALTHCHECK ${healthcheckWords(instruction.healthcheck)}`
    case 'ONBUILD':
      return null
  }
}

function pair([name, value]: readonly [string, string]): string {
  return `${name}=${value}`
}

/** `|2 A=1 B=2`: the ARGs in scope, with the values that the step saw. Proxies are among them only where they are declared. */
function argumentsOf({ declared, variables }: StageState): string[] {
  const values = [...declared].map(([name, value]) => pair([name, variables.get(name) ?? value ?? '']))
  return values.length === 0 ? [] : [`|${values.length}`, ...values]
}

function commandOf(
  { command, heredocs }: RunInstruction,
  action: StepAction | null,
  config: ImageConfig,
): readonly string[] {
  if (action?.kind !== 'run') return []
  if (action.script === null || command.form === 'exec') return action.argv
  return [...shellOf(config), `/dev/pipes/${parseHeredoc(command.line)?.name ?? heredocs[0]?.name ?? ''}`]
}

function copyEntry(instruction: CopyInstruction, expand: Expander, action: StepAction | null): string {
  const { keyword, place, owner, mode, parents } = instruction
  const one = (text: string) => expand.one(text, place)
  const flags = [
    ...(parents ? ['--parents'] : []),
    ...flag('chown', owner === null ? '' : one(owner)),
    ...flag('chmod', mode === null ? '' : one(mode)),
  ]
  const inline = isCopy(action) && action.kind === 'copy' ? action.inline : []
  return [
    keyword,
    ...flags,
    ...instruction.sources.map(one),
    ...inline.map(({ name }) => `<<${name}`),
    one(instruction.destination),
  ].join(' ')
}

function isCopy(action: StepAction | null): action is CopyAction | CopyFromAction {
  return action?.kind === 'copy' || action?.kind === 'copy-from'
}

function flag(name: string, value: string): string[] {
  return value === '' ? [] : [`--${name}=${value}`]
}

/** Go's `%q` of a list. */
function quotedList(words: readonly string[] | null): string {
  return `[${(words ?? []).map(goQuoted).join(' ')}]`
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

function goQuoted(text: string): string {
  const escaped = text.replace(
    /["\\\p{C}\p{Zl}\p{Zp}]/gu,
    (char) => shortEscapes[char] ?? goEscape(char.codePointAt(0) ?? 0),
  )
  return `"${escaped}"`
}

function goEscape(code: number): string {
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`
}

/** Go's `%+v` of the record. */
function healthcheckWords(check: Healthcheck): string {
  const { test, retries } = check
  const times = [check.intervalMs, check.timeoutMs, check.startPeriodMs, check.startIntervalMs].map(
    goDuration,
  )
  const [interval, timeout, startPeriod, startInterval] = times
  return (
    `{Test:[${test.join(' ')}] Interval:${interval} Timeout:${timeout} ` +
    `StartPeriod:${startPeriod} StartInterval:${startInterval} Retries:${retries}}`
  )
}

/** `1m30s`, `1.5s`, `500ms`, `0s`. */
function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1_000) return `${ms}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = `${(ms % 60_000) / 1_000}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

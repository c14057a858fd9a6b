import { posix } from 'node:path'
import { isSignal } from '../container/signals.ts'
import {
  budgetOf,
  type ExpandOptions,
  expandWord,
  expandWords,
  type Variables,
  WordProblem,
} from '../dockerfile/expand-words.ts'
import type { Assignment, CommandLine, StageInstruction } from '../dockerfile/instruction.ts'
import type { Place } from '../dockerfile/source-text.ts'
import type { ImageConfig } from '../engine.ts'
import { defaultPath, emptyImageConfig } from '../store/image-config.ts'
import { buildError } from './errors.ts'
import type { Origin, PlannedHistory } from './plan.ts'

/** A stage while its instructions are gone through: what the next one finds. */
export type StageState = {
  origin: Origin
  config: ImageConfig
  /** What instructions and steps see: the image's ENV, then ENV and ARG as they come. The later one wins. */
  variables: Variables
  /** ARGs of this stage and of those it stands on; null: without a value. */
  declared: ReadonlyMap<string, string | null>
  /** Set by this stage itself: an ENTRYPOINT drops a command that only the base image has. */
  hasOwnCommand: boolean
  history: readonly PlannedHistory[]
}

export type Expander = {
  one(text: string, place: Place): string
  many(text: string, place: Place): string[]
  raw(text: string, place: Place): string
}

export type ConfigInstruction = Exclude<
  StageInstruction,
  { keyword: 'ARG' | 'RUN' | 'COPY' | 'ADD' | 'WORKDIR' }
>

const defaultShell = ['/bin/sh', '-c'] as const
const mostPorts = 65_536
const mostNames = 4_096
/** Linux gives a program about 2 MB of arguments and environment; and every RUN's are looked at. */
const largestEnvironment = 256 * 1024

export function emptyConfig(platform: { os: string; architecture: string }): ImageConfig {
  return { ...emptyImageConfig(), env: { PATH: defaultPath }, ...platform }
}

/** @throws BUILD.SYNTAX at the place */
export function expander(variables: Variables, escapeChar: '\\' | '`'): Expander {
  const guarded = <Result>(place: Place, expand: (options: ExpandOptions) => Result) => {
    try {
      return expand({ escape: escapeChar, budget: budgetOf(place.source) })
    } catch (error) {
      if (error instanceof WordProblem) throw buildError['BUILD.SYNTAX']({ place, problem: error.message })
      throw error
    }
  }
  return {
    one: (text, place) => guarded(place, (options) => expandWord(text, variables, options)),
    many: (text, place) => guarded(place, (options) => expandWords(text, variables, options)),
    // Whatever the escape directive says, as in BuildKit.
    raw: (text, place) =>
      guarded(place, (options) =>
        expandWord(text, variables, { ...options, escape: '\\', keepQuotes: true }),
      ),
  }
}

export function shellOf(config: ImageConfig): readonly string[] {
  return config.shell ?? defaultShell
}

/** What the instructions that make no layer do to the configuration. */
export function applyToConfig(
  state: StageState,
  instruction: ConfigInstruction,
  expand: Expander,
): StageState {
  const { config } = state
  const { place } = instruction
  const withConfig = (change: Partial<ImageConfig>): StageState => ({
    ...state,
    config: { ...config, ...change },
  })
  switch (instruction.keyword) {
    case 'ENV': {
      const values = assigned(instruction.assignments, expand, place)
      return {
        ...withConfig({ env: { ...config.env, ...Object.fromEntries(values) } }),
        variables: extended(state.variables, values, place),
      }
    }
    case 'LABEL': {
      const values = assigned(instruction.assignments, expand, place)
      const labels = { ...config.labels, ...Object.fromEntries(values) }
      if (Object.keys(labels).length > mostNames) throw tooMany('labels', place)
      return withConfig({ labels })
    }
    case 'MAINTAINER':
      return withConfig({ author: instruction.name })
    case 'EXPOSE':
      return withConfig({
        exposedPorts: union(config.exposedPorts, ports(expand.many(instruction.ports, place), place)),
      })
    case 'VOLUME':
      return withConfig({
        volumes: union(
          config.volumes,
          instruction.paths.map((path) => nonEmpty(expand.one(path, place), 'the path', place)),
        ),
      })
    case 'USER':
      return withConfig({ user: expand.one(instruction.user, place) })
    case 'STOPSIGNAL':
      return withConfig({ stopSignal: signal(expand.one(instruction.signal, place), place) })
    case 'HEALTHCHECK':
      return withConfig({ healthcheck: instruction.healthcheck })
    case 'SHELL':
      return withConfig({ shell: instruction.words })
    case 'ONBUILD':
      return withConfig({ onBuild: [...config.onBuild, instruction.trigger] })
    case 'CMD':
      return { ...withConfig({ command: commandWords(instruction.command, config) }), hasOwnCommand: true }
    case 'ENTRYPOINT':
      return withConfig({
        entrypoint: commandWords(instruction.command, config),
        ...(state.hasOwnCommand ? {} : { command: null }),
      })
  }
}

/** The later value of a name counts. @throws BUILD.SYNTAX for more than a program could be given */
export function extended(
  variables: Variables,
  values: Iterable<readonly [string, string]>,
  place: Place,
): Variables {
  const all = new Map([...variables, ...values])
  if (all.size > mostNames) throw tooMany('variables', place)
  let length = 0
  for (const [name, value] of all) length += name.length + value.length
  if (length <= largestEnvironment) return all
  throw buildError['BUILD.SYNTAX']({ place, problem: 'the variables are together larger than 256 KB.' })
}

function tooMany(what: string, place: Place): Error {
  return buildError['BUILD.SYNTAX']({ place, problem: `there are more than ${mostNames} ${what}.` })
}

/** A path as WORKDIR and COPY's destination mean it. */
export function inWorkingDirectory(config: ImageConfig, path: string): string {
  return posix.resolve('/', config.workingDirectory || '/', path)
}

/** `$a` within one instruction means what it meant before the instruction. */
export function assigned(
  assignments: readonly Assignment[],
  expand: Expander,
  place: Place,
): (readonly [string, string])[] {
  return assignments.map(({ name, value }) => [
    nonEmpty(expand.one(name, place), 'the name', place),
    expand.one(value, place),
  ])
}

function commandWords(command: CommandLine | null, config: ImageConfig): readonly string[] | null {
  if (command === null || (command.form === 'exec' && command.words.length === 0)) return null
  return command.form === 'exec' ? command.words : [...shellOf(config), command.line]
}

/** `80`, `80/udp`, `8000-8010/tcp` → `80/tcp`, … An address or port of the host before it means nothing, and is warned of. */
export function ports(words: readonly string[], place: Place): string[] {
  return words.flatMap((word) => {
    const match = /^(?:(?:[\da-f.:[\]]*:)?[\d-]*:)?(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word)
    const first = Number(match?.[1])
    const last = Number(match?.[2] ?? match?.[1])
    if (match === null || first < 1 || last > 65_535 || last < first) {
      const problem = `EXPOSE needs ports such as 8080, 53/udp or 8000-8010; this is ${JSON.stringify(word.slice(0, 60))}.`
      throw buildError['BUILD.SYNTAX']({ place, problem })
    }
    const protocol = (match[3] ?? 'tcp').toLowerCase()
    return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`)
  })
}

function signal(given: string, place: Place): string {
  if (isSignal(given)) return given
  throw buildError['BUILD.SYNTAX']({ place, problem: 'STOPSIGNAL needs a signal such as SIGTERM or 15.' })
}

function nonEmpty(value: string, what: string, place: Place): string {
  if (value.trim() !== '') return value
  throw buildError['BUILD.SYNTAX']({ place, problem: `${what} is empty once its variables are replaced.` })
}

function union(present: readonly string[], added: readonly string[]): readonly string[] {
  return [...new Set([...present, ...added])].slice(0, mostPorts)
}

import type { Healthcheck } from '../engine.ts'
import type { Heredoc } from './heredoc.ts'
import type { MountFlag } from './mount-flag.ts'
import type { Directives } from './read-lines.ts'
import type { Place, SourceText } from './source-text.ts'

/**
 * A Dockerfile as values. Words still hold their variables: what a variable means is known only when the stages are
 * planned, since the base image's ENV counts.
 */
export type Dockerfile = {
  source: SourceText
  directives: Directives
  /** ARGs before the first FROM: seen by FROM lines, and by stages that declare them again. */
  globalArguments: readonly ArgInstruction[]
  stages: readonly Stage[]
}

export type Stage = {
  index: number
  /** Lower case, or null. */
  name: string | null
  from: FromInstruction
  instructions: readonly StageInstruction[]
}

type At<Keyword extends string> = {
  keyword: Keyword
  place: Place
  /** The instruction on one line, for titles. */
  text: string
}

/** `exec`: a JSON list of words. `shell`: one line for the shell. */
export type CommandLine = { form: 'exec'; words: readonly string[] } | { form: 'shell'; line: string }

export type Assignment = { name: string; value: string }

export type FromInstruction = At<'FROM'> & { image: string; platform: string | null; name: string | null }

export type RunInstruction = At<'RUN'> & {
  command: CommandLine
  network: 'bridge' | 'none'
  heredocs: readonly Heredoc[]
  mounts: readonly MountFlag[]
}

export type CopyInstruction = At<'COPY' | 'ADD'> & {
  sources: readonly string[]
  destination: string
  /** A stage's name or number, or an image; null: the context. Not expanded, as in BuildKit. */
  from: string | null
  owner: string | null
  mode: string | null
  exclude: readonly string[]
  /** Files written in the Dockerfile itself; their names are among no `sources`. */
  inline: readonly Heredoc[]
  /** ADD. Not given: archives of the context are unpacked, fetched ones are not. */
  unpack: boolean | null
  /** ADD, of what is fetched. */
  checksum: string | null
  /** ADD, of a repository. */
  keepGitDirectory: boolean | null
  /** COPY. */
  parents: boolean
}

export type WorkdirInstruction = At<'WORKDIR'> & { path: string }
export type EnvInstruction = At<'ENV'> & { assignments: readonly Assignment[] }
export type ArgInstruction = At<'ARG'> & { declarations: readonly { name: string; value: string | null }[] }
export type ExposeInstruction = At<'EXPOSE'> & { ports: string }
export type CmdInstruction = At<'CMD'> & { command: CommandLine | null }
export type EntrypointInstruction = At<'ENTRYPOINT'> & { command: CommandLine | null }
export type UserInstruction = At<'USER'> & { user: string }
export type LabelInstruction = At<'LABEL'> & { assignments: readonly Assignment[] }
export type VolumeInstruction = At<'VOLUME'> & { paths: readonly string[] }
export type HealthcheckInstruction = At<'HEALTHCHECK'> & { healthcheck: Healthcheck }
export type StopsignalInstruction = At<'STOPSIGNAL'> & { signal: string }
export type ShellInstruction = At<'SHELL'> & { words: readonly string[] }
export type MaintainerInstruction = At<'MAINTAINER'> & { name: string }
/** `trigger`: the instruction as it is written, with its heredocs. */
export type OnbuildInstruction = At<'ONBUILD'> & { trigger: string }

export type StageInstruction =
  | RunInstruction
  | CopyInstruction
  | WorkdirInstruction
  | EnvInstruction
  | ArgInstruction
  | ExposeInstruction
  | CmdInstruction
  | EntrypointInstruction
  | UserInstruction
  | LabelInstruction
  | VolumeInstruction
  | HealthcheckInstruction
  | StopsignalInstruction
  | ShellInstruction
  | MaintainerInstruction
  | OnbuildInstruction

export type Instruction = FromInstruction | StageInstruction

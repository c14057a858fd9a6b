import type { Heredoc } from '../dockerfile/heredoc.ts'
import type { Place } from '../dockerfile/source-text.ts'
import type { ImageConfig } from '../engine.ts'
import type { ModeChange } from './mode.ts'
import type { ContextSource } from './select-sources.ts'

/**
 * A build as a value: the steps that make layers, each with what it starts from, what else it reads, and a key for all
 * that decides its result. Instructions that only change the configuration make no step.
 */
export type BuildPlan = {
  /** Every step stands after those it needs. */
  steps: readonly PlannedStep[]
  /** The FROM lines that name images, for the log. */
  bases: readonly { id: string; title: string }[]
  /** What the image consists of. */
  result: Origin
  config: ImageConfig
  warnings: readonly string[]
}

/** A root file system: nothing, an image's, or what a step leaves behind. */
export type Origin =
  | { kind: 'scratch' }
  | { kind: 'image'; reference: string; layers: readonly string[] }
  | { kind: 'step'; id: string }

export type PlannedStep = {
  id: string
  /** `[build 2/5] RUN npm ci` */
  title: string
  place: Place
  parent: Origin
  /** The roots that it reads besides: the sources of COPY --from. */
  inputs: readonly Origin[]
  action: StepAction
  /** SHA-256 of the action and of what it takes from the context; parent and inputs are the executor's to add. */
  definitionKey: string
}

export type StepAction = RunAction | CopyAction | CopyFromAction | WorkdirAction

export type RunAction = {
  kind: 'run'
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  /** Given to the step, but not part of its key: proxies. */
  unkeyedEnv: Readonly<Record<string, string>>
  workingDirectory: string
  user: string
  network: 'bridge' | 'none'
  /** A heredoc that begins with `#!`: run as a program of its own. */
  script: string | null
  /** For messages. */
  command: string
}

export type CopyTarget = {
  /** Absolute, in the image. */
  destination: string
  /** Written with a `/` at its end, or `.`: sources are put into it. */
  isDirectory: boolean
  /** `name`, `uid`, `name:group` …; null: root, or with COPY --from as in the source. */
  owner: string | null
  mode: ModeChange | null
}

export type CopyAction = CopyTarget & {
  kind: 'copy'
  sources: readonly ContextSource[]
  inline: readonly Pick<Heredoc, 'name' | 'content'>[]
  unpack: boolean
}

export type CopyFromAction = CopyTarget & {
  kind: 'copy-from'
  from: Origin
  fromName: string
  sources: readonly string[]
  exclude: readonly string[]
}

export type WorkdirAction = { kind: 'workdir'; path: string; user: string }

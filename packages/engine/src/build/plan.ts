import type { BuildWarning } from '@berth/domain'
import type { Heredoc } from '../dockerfile/heredoc.ts'
import type { Place } from '../dockerfile/source-text.ts'
import type { HistoryEntry, ImageConfig } from '../engine.ts'
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
  /** Of the result, oldest first. `step` null: an instruction that only changes the configuration. */
  history: readonly PlannedHistory[]
  /** SOURCE_DATE_EPOCH as a build argument. A request's own date goes before. */
  sourceDate: Date | null
  warnings: readonly BuildWarning[]
  /** Names of given arguments whose values have no part in it. */
  unaskedArguments: readonly string[]
}

/** What a base image tells of itself, or one of our own instructions. Whether a step made a layer shows when it was done. */
export type PlannedHistory = { inherited: HistoryEntry } | { createdBy: string; step: string | null }

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
  /** The roots that it reads besides: the source of COPY --from, or those of RUN --mount in the order of the mounts. */
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
  /** In the order of the flags: a later one may lie below an earlier one. */
  mounts: readonly RunMount[]
}

/** What a RUN sees besides its root. Targets are absolute. Source: Dockerfile reference, "RUN --mount". */
export type RunMount =
  | { type: 'bind'; target: string; from: BindSource; writable: boolean }
  | (CacheMount & { type: 'cache'; target: string })
  | { type: 'tmpfs'; target: string; sizeBytes: number | null }
  | (SecretMount & { type: 'secret' })
  | (AgentMount & { type: 'ssh' })

/** `source`: a path within the root, `/` for all of it. */
export type BindSource =
  | { kind: 'context'; source: ContextSource }
  | { kind: 'root'; origin: Origin; source: string }

/** What it begins with (`from`) counts only when it is made. Ids never leave the request's `cacheScope`. */
export type CacheMount = {
  id: string
  sharing: 'shared' | 'private' | 'locked'
  from: BindSource | null
  readOnly: boolean
  mode: number
  uid: number
  gid: number
}

/** A file, a variable, or both. `target` null: the variable alone. Without the secret: nothing, or BUILD.SECRET_MISSING. */
export type SecretMount = {
  id: string
  target: string | null
  variable: string | null
  required: boolean
  mode: number
  uid: number
  gid: number
}

export type AgentMount = {
  id: string
  target: string
  required: boolean
  mode: number
  uid: number
  gid: number
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
  /** ADD: fetched before the step's key is known, since their content counts. */
  remote: readonly RemoteSource[]
  /** --exclude, for what `remote` holds. `sources` are without what it leaves out already. */
  exclude: readonly string[]
  /** --parents. `sources` say so already: each is a directory whose entries keep the paths that the image gets. */
  keepParents: boolean
}

/** `checksum`: `sha256:…` for a file, a commit for a repository; null: whatever is there. */
export type RemoteSource =
  | {
      kind: 'url'
      url: string
      /** What the file is called where the destination is a directory. */
      name: string
      checksum: string | null
      unpack: boolean
    }
  | {
      kind: 'git'
      repository: string
      /** A branch, tag or commit; null: the default branch. */
      ref: string | null
      /** Within the repository; '' is all of it. */
      subdirectory: string
      keepGitDirectory: boolean
      submodules: boolean
      checksum: string | null
    }

export type CopyFromAction = CopyTarget & {
  kind: 'copy-from'
  from: Origin
  fromName: string
  sources: readonly string[]
  exclude: readonly string[]
  /** --parents: what `parentsPattern` of each source matches, at its path below the pivot. */
  keepParents: boolean
}

export type WorkdirAction = { kind: 'workdir'; path: string; user: string }

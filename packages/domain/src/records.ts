import type { ErrorRecord } from './error.ts'
import type { AppName, ProcessType } from './names.ts'
import type { CronEntry, Healthchecks, ProcessLimits, ReleaseScripts } from './release-parts.ts'
import type { BuildState, DeploymentState } from './states.ts'

/**
 * The records that Berth keeps, as every package sees them. Ids are UUIDs made by the database. What is really running
 * is not among them: the engine knows that.
 */

export type Role = 'owner' | 'admin' | 'developer' | 'viewer'

export type Person = { id: string; name: string; email: string }
export type Team = { id: string; name: string }
export type Member = { teamId: string; personId: string; role: Role }

/** `fingerprint` as OpenSSH prints it: `SHA256:…`. `publicKey` is one line, `type base64`. */
export type SshKey = {
  id: string
  personId: string
  name: string
  publicKey: string
  fingerprint: string
  createdAt: Date
  lastUsedAt: Date | null
}

/** The token itself is shown once and never stored; `prefix` is its first characters, to recognise it by. */
export type ApiToken = {
  id: string
  personId: string
  name: string
  prefix: string
  createdAt: Date
  lastUsedAt: Date | null
  expiresAt: Date | null
}

export type App = {
  id: string
  name: AppName
  teamId: string
  /** The branch that deploys: null until `main` or `master` was pushed for the first time. */
  deployBranch: string | null
  /** Relative to the repository's root. */
  dockerfilePath: string
  createdAt: Date
  /** Since when somebody has stopped it; null: it should run. */
  stoppedAt: Date | null
  lock: AppLock | null
}

/** While it is there, nothing new is deployed. `byId` null: nobody that is known. */
export type AppLock = { at: Date; byId: string | null; reason: string | null }

export type Revision = {
  id: string
  appId: string
  /** 40 hex digits. */
  commit: string
  message: string
  author: string
  branch: string
  pushedById: string | null
  createdAt: Date
}

export type Build = {
  id: string
  appId: string
  /** Null where no commit is built, or where it is not fetched yet. */
  revisionId: string | null
  source: BuildSource
  /** Who asked for it; null for a push, whose revision says it. */
  createdById: string | null
  state: BuildState
  /** `sha256:…`, once it succeeded. */
  imageDigest: string | null
  error: ErrorRecord | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

/** Where a build's image comes from. */
export type BuildSource =
  | { kind: 'push' }
  /** It is made already: in the store, or in a registry. */
  | { kind: 'image'; reference: string }
  /** `ref`: a branch, a tag or a commit; null: the default branch. */
  | { kind: 'git'; url: string; ref: string | null }

/** How a process type is started. `command` is null where the image's own command counts. */
export type ProcessDefinition = {
  type: ProcessType
  /** What stands in the Procfile, before it is split into words. */
  command: string | null
}

/** How many instances of a process type should run, and within which limits. */
export type Formation = Record<string, number>

export type Release = {
  id: string
  appId: string
  /** 1, 2, …: shown as v1, v2. */
  version: number
  imageDigest: string
  revisionId: string | null
  processes: ProcessDefinition[]
  /** Run once, in the new image, before any instance starts. */
  releaseCommand: string | null
  configuration: Record<string, string>
  healthchecks: Healthchecks
  scripts: ReleaseScripts
  cron: CronEntry[]
  /** By process type; a type that is missing has the platform's defaults. */
  limits: Record<string, ProcessLimits>
  /** Why there is a new one, as people read it: `Deploy 1a2b3c4`, `Set DATABASE_URL`. */
  reason: string
  createdById: string | null
  createdAt: Date
}

export type Deployment = {
  id: string
  appId: string
  releaseId: string
  cause: DeploymentCause
  /** Who asked for it, where that is not who made its release. */
  createdById: string | null
  state: DeploymentState
  /** No other of the app was live before it. */
  isFirst: boolean
  error: ErrorRecord | null
  createdAt: Date
  startedAt: Date | null
  /** When it was live, or ended. */
  finishedAt: Date | null
  /** When what runs after it is live had ended as well. */
  settledAt: Date | null
}

/** build: it brings an image. change: another release of one that was there. restart: the same release again. */
export type DeploymentCause = 'build' | 'change' | 'restart'

/** A host name that leads to an app. The default one (`app.base`) is not stored: it follows from the name. */
export type Domain = { id: string; appId: string; host: string; createdAt: Date }

/** `v12` */
export function releaseLabel(version: number): string {
  return `v${version}`
}

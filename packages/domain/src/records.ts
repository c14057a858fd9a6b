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

/** What a team asks of its members before they may something in it. */
export type TeamDemands = {
  secondFactor: boolean
  /** The sign-on provider that has to begin their session; null: any way in will do. */
  providerId: string | null
}

/** A place in a team that is kept for an address. Its token is shown once, or mailed, and never stored. */
export type Invitation = {
  id: string
  teamId: string
  email: string
  role: Role
  /** It went by mail and was shown to nobody: whoever has it reads that address. */
  mailed: boolean
  invitedById: string | null
  createdAt: Date
  expiresAt: Date
}

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

/** A key of an app's own: it may push to that app, or fetch it alone, and nothing else. */
export type DeployKey = Omit<SshKey, 'personId'> & { appId: string; mayPush: boolean }

/** How much of what its person may a token may: look; bring new versions out and run them; everything. */
export type TokenScope = 'read' | 'deploy' | 'admin'

/** The token itself is shown once and never stored; `prefix` is its first characters, to recognise it by. */
export type ApiToken = {
  id: string
  personId: string
  name: string
  prefix: string
  createdAt: Date
  lastUsedAt: Date | null
  expiresAt: Date | null
  scope: TokenScope
  /** It counts for this team alone, or for this app alone; both null: for all of its person's. */
  teamId: string | null
  appId: string | null
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
  /** Of so many steps so many were taken from the cache. Null: it did not succeed, or it has no steps. */
  reusedSteps: number | null
  steps: number | null
  error: ErrorRecord | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

export type CacheUse = { reusedSteps: number; steps: number }

/** Where a build's image comes from. */
export type BuildSource =
  | { kind: 'push' }
  /** It is made already: in the store, or in a registry. `pull`: the registry is asked although it is here. */
  | { kind: 'image'; reference: string; pull: boolean }
  /** `ref`: a branch, a tag or a commit; null: the default branch. */
  | { kind: 'git'; url: string; ref: string | null }

/** Why there is a release of it, as people read it; null: its commit says so. */
export function saySource(source: BuildSource): string | null {
  if (source.kind === 'push') return null
  if (source.kind === 'image') return `Deploy the image ${source.reference}`
  return `Deploy ${source.ref ?? 'the default branch'} of ${source.url}`
}

/** How a process type is started. `command` is null where the image's own command counts. */
export type ProcessDefinition = {
  type: ProcessType
  /** What stands in the Procfile, before it is split into words. */
  command: string | null
}

/** How many instances of a process type should run, and within which limits. */
export type Formation = Record<string, number>

/** What people tell an app from outside. */
export type Configuration = {
  /** In the environment of every instance. */
  variables: Record<string, string>
  /** Content in base64, by name: what every instance finds under /run/secrets. */
  secretFiles: Record<string, string>
}

export const noConfiguration: Configuration = { variables: {}, secretFiles: {} }

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
  /** The variables of the app's configuration, as they were. */
  configuration: Record<string, string>
  secretFiles: Record<string, string>
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

/** A release as lists have it: what it is told is opened for one release at a time. */
export type ReleaseSummary = Omit<Release, 'configuration' | 'secretFiles'>

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

/** It is or was live, and what runs after that has not ended. */
export function isUnsettled({ state, settledAt }: Pick<Deployment, 'state' | 'settledAt'>): boolean {
  return (state === 'live' || state === 'superseded') && settledAt === null
}

/** build: it brings an image. change: another release of one that was there. restart: the same release again. */
export type DeploymentCause = 'build' | 'change' | 'restart'

/** A host name that leads to an app. The default one (`app.base`) is not stored: it follows from the name. */
export type Domain = {
  id: string
  appId: string
  /** `*.example.com`: every name one label below. */
  host: string
  /** Requests are sent to the same path at this host, which is another of the app's; null: the app answers. */
  redirectTo: string | null
  /** When the name was last seen to lead to this platform. */
  verifiedAt: Date | null
  createdAt: Date
}

/** A port of this machine that leads over TCP to the instances of one of an app's process types. */
export type AppPort = {
  port: number
  appId: string
  processType: ProcessType
  /** Where those instances listen. */
  targetPort: number
  createdAt: Date
}

/** `v12` */
export function releaseLabel(version: number): string {
  return `v${version}`
}

import {
  type App,
  appUrl,
  type Build,
  type BuildSource,
  type CacheUse,
  type ErrorRecord,
  type Release,
  type ReleaseSummary,
  type Revision,
  releaseLabel,
  type Settings,
  saySource,
} from '@berth/domain'
import type { InstanceView } from '@berth/observe'
import { type AppState, appState } from './app-state.ts'
import type { Attempt, AttemptState } from './attempt.ts'

/** What the API answers: plain JSON, times as ISO 8601, so that the server and the browser hold the same values. */

export type CommitView = { commit: string; message: string; author: string; branch: string }

/** push, image, git: a build of that; change: another release of a known image; restart: the same release again. */
export type DeploymentKind = BuildSource['kind'] | 'change' | 'restart'

/** One of the two stages of an attempt, with its own event stream. */
export type StageView = {
  id: string
  state: string
  startedAt: string | null
  finishedAt: string | null
}

export type DeploymentView = {
  /** Stable: the id of the build where there is one, else of the deployment. */
  id: string
  state: AttemptState
  /** 12 for v12; null before there is a release. */
  version: number | null
  reason: string | null
  /** What began it. */
  kind: DeploymentKind
  commit: CommitView | null
  /** Steps of its build that were taken from the cache, of all. Null: nothing was built, or not to its end. */
  cache: CacheUse | null
  /** Who pushed or asked for it; null: nobody that is known. */
  by: string | null
  build: StageView | null
  deployment: StageView | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  error: ErrorRecord | null
}

export type ReleaseView = {
  version: number
  reason: string
  imageDigest: string
  commit: CommitView | null
  by: string | null
  createdAt: string
  isLive: boolean
  /** Is its image here to go back to? Null: the worker did not say. */
  available: boolean | null
}

/** Names of what it was told; their values are read elsewhere, with a permission of its own. */
export type ReleaseDetail = ReleaseView &
  Pick<Release, 'processes' | 'releaseCommand' | 'scripts' | 'healthchecks' | 'cron' | 'limits'> & {
    variables: string[]
    secretFiles: string[]
  }

export type AppView = {
  name: string
  team: { id: string; name: string }
  url: string
  state: AppState
  /** Since when somebody has stopped it. */
  stoppedAt: string | null
  lock: { at: string; by: string | null; reason: string | null } | null
  deployBranch: string | null
  createdAt: string
  /** Null: the worker did not say. */
  instances: { running: number; wanted: number } | null
  /** The deployment that is live. */
  live: DeploymentView | null
  /** The newest one, whatever became of it. */
  latest: DeploymentView | null
}

/** What attempts need to become views: revisions by id, names of people by id. */
export type ViewSources = {
  revisions: ReadonlyMap<string, Revision>
  people: ReadonlyMap<string, string>
}

export function appView(
  app: App,
  settings: Settings,
  now: {
    attempts: readonly DeploymentView[]
    live: DeploymentView | null
    instances: InstanceView[] | null
    lockedBy: string | null
    team: string
  },
): AppView {
  const latest = now.attempts[0] ?? null
  return {
    name: app.name,
    team: { id: app.teamId, name: now.team },
    url: appUrl(settings, app.name),
    state: appState({ latest: latest?.state ?? null, hasLive: now.live !== null, instances: now.instances }),
    stoppedAt: iso(app.stoppedAt),
    lock: app.lock && { at: app.lock.at.toISOString(), by: now.lockedBy, reason: app.lock.reason },
    deployBranch: app.deployBranch,
    createdAt: app.createdAt.toISOString(),
    instances: now.instances && {
      running: now.instances.filter(({ state }) => state === 'running').length,
      wanted: now.instances.filter(({ state }) => state !== 'stopping' && state !== 'stopped').length,
    },
    live: now.live,
    latest,
  }
}

export function deploymentView(attempt: Attempt, sources: ViewSources): DeploymentView {
  const { build, deployment, release } = attempt
  const revision = sources.revisions.get(build?.revisionId ?? release?.revisionId ?? '')
  const first = build ?? deployment
  return {
    id: attempt.id,
    state: attempt.state,
    version: release?.version ?? null,
    reason: reasonOf(attempt),
    kind: kindOf(attempt),
    cache: cacheOf(build),
    commit: revision ? commitView(revision) : null,
    by: nameOf(
      sources,
      deployment?.createdById ?? release?.createdById ?? build?.createdById ?? revision?.pushedById,
    ),
    build: build && stageView(build),
    deployment: deployment && stageView(deployment),
    createdAt: (first?.createdAt ?? new Date(0)).toISOString(),
    startedAt: iso(build?.startedAt ?? deployment?.startedAt),
    finishedAt: iso(
      deployment ? deployment.finishedAt : build?.state === 'succeeded' ? null : build?.finishedAt,
    ),
    error: deployment?.error ?? build?.error ?? null,
  }
}

/** An old release whose build is not known any more was pushed. */
function kindOf({ build, deployment }: Attempt): DeploymentKind {
  if (build) return build.source.kind
  return deployment === null || deployment.cause === 'build' ? 'push' : deployment.cause
}

function cacheOf(build: Build | null): CacheUse | null {
  if (build === null || build.steps === null || build.reusedSteps === null) return null
  return { steps: build.steps, reusedSteps: build.reusedSteps }
}

function reasonOf({ release, deployment, build }: Attempt): string | null {
  if (release && deployment?.cause === 'restart') return `Restart ${releaseLabel(release.version)}`
  if (release) return release.reason
  return build && saySource(build.source)
}

/** Which release is live, and the versions whose images are here. */
type ReleasesNow = { liveId: string | null; available: readonly number[] | null }

export function releaseDetail(release: Release, sources: ViewSources, now: ReleasesNow): ReleaseDetail {
  const { processes, releaseCommand, scripts, healthchecks, cron, limits } = release
  return {
    ...releaseView(release, sources, now),
    ...{ processes, releaseCommand, scripts, healthchecks, cron, limits },
    variables: Object.keys(release.configuration),
    secretFiles: Object.keys(release.secretFiles),
  }
}

export function releaseView(release: ReleaseSummary, sources: ViewSources, now: ReleasesNow): ReleaseView {
  const revision = sources.revisions.get(release.revisionId ?? '')
  return {
    version: release.version,
    reason: release.reason,
    imageDigest: release.imageDigest,
    commit: revision ? commitView(revision) : null,
    by: nameOf(sources, release.createdById ?? revision?.pushedById),
    createdAt: release.createdAt.toISOString(),
    isLive: release.id === now.liveId,
    available: now.available?.includes(release.version) ?? null,
  }
}

export function commitView({ commit, message, author, branch }: Revision): CommitView {
  return { commit, message, author, branch }
}

type Stage = { id: string; state: string; startedAt: Date | null; finishedAt: Date | null }

function stageView({ id, state, startedAt, finishedAt }: Stage): StageView {
  return { id, state, startedAt: iso(startedAt), finishedAt: iso(finishedAt) }
}

function nameOf(sources: ViewSources, personId: string | null | undefined): string | null {
  return sources.people.get(personId ?? '') ?? null
}

export function iso(at: Date | null | undefined): string | null {
  return at ? at.toISOString() : null
}

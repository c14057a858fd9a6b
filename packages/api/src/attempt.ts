import type { Build, Deployment, DeploymentState, ReleaseSummary } from '@berth/domain'

/**
 * An attempt: what people call a deployment. A push makes a build, and only a build that succeeded makes a release and a
 * deployment; a build that failed is an attempt all the same. A release without a build of its own (configuration,
 * rollback) is an attempt that begins with its deployment.
 */
export type Attempt = {
  /** The build's where there is one, else the deployment's: stable from the first moment on. */
  id: string
  build: Build | null
  release: ReleaseSummary | null
  deployment: Deployment | null
  state: AttemptState
}

export type AttemptState = 'building' | DeploymentState

/** Newest first. Releases and builds of other revisions than those given are left out without harm. */
export function joinAttempts(records: {
  builds: readonly Build[]
  releases: readonly ReleaseSummary[]
  deployments: readonly Deployment[]
}): Attempt[] {
  const releases = new Map(records.releases.map((release) => [release.id, release]))
  const free = new Set(records.builds)
  const carriedOut = oldestFirst(records.deployments).map((deployment) => {
    const release = releases.get(deployment.releaseId) ?? null
    const build = release && builtFor(release, free)
    if (build) free.delete(build)
    return attemptOf(build, release, deployment)
  })
  const unbuilt = [...free].map((build) => attemptOf(build, null, null))
  return [...carriedOut, ...unbuilt].sort((one, other) => startOf(other) - startOf(one))
}

/** The newest build that made this image of this revision and that no earlier release has claimed. */
function builtFor(release: ReleaseSummary, free: ReadonlySet<Build>): Build | null {
  const candidates = [...free].filter(
    (build) =>
      build.revisionId === release.revisionId &&
      build.state === 'succeeded' &&
      build.imageDigest === release.imageDigest &&
      build.createdAt <= release.createdAt,
  )
  return oldestFirst(candidates).at(-1) ?? null
}

function attemptOf(
  build: Build | null,
  release: ReleaseSummary | null,
  deployment: Deployment | null,
): Attempt {
  const id = build?.id ?? deployment?.id ?? ''
  return { id, build, release, deployment, state: stateOf(build, deployment) }
}

function stateOf(build: Build | null, deployment: Deployment | null): AttemptState {
  if (deployment) return deployment.state
  if (build?.state === 'running') return 'building'
  // Between the end of the build and the beginning of the deployment lies a moment without a record.
  if (build?.state === 'succeeded') return 'starting'
  return build?.state ?? 'queued'
}

function startOf(attempt: Attempt): number {
  return (attempt.build ?? attempt.deployment)?.createdAt.getTime() ?? 0
}

function oldestFirst<Item extends { createdAt: Date }>(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
}

import { Secret } from '@berth/command'
import { patiently } from '@berth/deploy'
import {
  type App,
  type Build,
  isBerthError,
  isBuildOver,
  type Revision,
  type SourceTree,
  toErrorRecord,
} from '@berth/domain'
import type { Processors } from '@berth/queue'
import type { Keeper } from '../app/keeper.ts'
import { workerError } from '../errors.ts'
import { ownNames } from '../own-names.ts'
import type { Parts } from '../parts.ts'
import { buildInputs } from './build-inputs.ts'
import { buildLimits } from './build-limits.ts'
import { cancelStage } from './cancel-stage.ts'
import { type Interruption, interruptionOf } from './interruption.ts'
import type { Leases } from './leases.ts'
import { type RevisionFiles, readRevision } from './read-revision.ts'
import { releaseBuild } from './release-build.ts'
import type { RunningStages, Stage } from './running-stages.ts'
import { completeLog, deploymentOf, endStage, tellEnd } from './settle-stage.ts'

export type BuildStageParts = Parts & { running: RunningStages; leases: Leases; keeper: Keeper }

/**
 * Revision → image → release → queued deployment. Its job may come again after a crash at any place: a build that had
 * succeeded is not done again, and what had followed it is not made twice.
 */
export function buildProcessor(parts: BuildStageParts): Processors['build'] {
  return async ({ buildId, objects }, { signal }) => {
    const build = await patiently(() => parts.stores.builds.get(buildId), signal)
    if (isBuildOver(build.state) && build.state !== 'succeeded')
      return completeLog(parts, { kind: 'build', build })
    await parts.running.run({ id: buildId, appId: build.appId, signal }, (stage) =>
      carryOutBuild({ ...parts, quarantine: objects.quarantine }, build, stage, signal),
    )
  }
}

type Carrying = BuildStageParts & { quarantine: string | null }

async function carryOutBuild(
  parts: Carrying,
  build: Build,
  stage: Stage,
  jobSignal: AbortSignal,
): Promise<void> {
  const { stores, leases } = parts
  try {
    const [app, revision] = await Promise.all([
      patiently(() => stores.apps.get(build.appId), stage.signal),
      patiently(() => stores.revisions.get(build.revisionId ?? ''), stage.signal),
    ])
    if (app === null) return
    const tree = parts.sourceTree(app, revision.commit, parts.quarantine)
    const made = await makeImage(parts, { app, revision, build, tree }, stage)
    const next = await followUp(parts, { app, revision, build, tree }, made)
    leases.inherit(build.id, next)
    if (stage.isCancelled()) await cancelStage(parts, next)
    await patiently(() => parts.queue.add('deploy', { deploymentId: next }))
    tellEnd(parts, build.id, { outcome: 'succeeded', error: null, next })
  } catch (error) {
    await endBuild(parts, build, error, interruptionOf(parts, stage, jobSignal))
  } finally {
    leases.end(build.id)
  }
}

type Making = { app: App; revision: Revision; build: Build; tree: SourceTree }

/** The deployment of a build. One that was begun for the first time has none yet, and need not be asked for it. */
async function followUp(
  parts: Carrying,
  { app, revision, build }: Making,
  { files, digest }: { files: RevisionFiles; digest: string },
): Promise<string> {
  const built = { ...build, imageDigest: digest }
  const before = build.state === 'queued' ? null : await deploymentOf(parts, built)
  return before ?? (await releaseBuild(parts, { app, revision, build: built, files }))
}

async function makeImage(parts: Carrying, making: Making, stage: Stage) {
  const { build, tree } = making
  if (build.state === 'succeeded' && build.imageDigest !== null)
    return { files: await readRevision(tree), digest: build.imageDigest }
  const [files, started] = await Promise.all([
    readRevision(tree),
    patiently(() => parts.stores.builds.start(build.id), stage.signal),
  ])
  if (!started) throw workerError['BUILD.CANCELLED']()
  const { digest } = await buildImage(parts, making, files, stage)
  stage.signal.throwIfAborted()
  const succeeded = await patiently(() => parts.stores.builds.succeed(build.id, digest))
  if (!succeeded) throw workerError['BUILD.CANCELLED']()
  return { files, digest }
}

async function buildImage(
  parts: Carrying,
  { app, revision, tree }: Making,
  { appJson }: RevisionFiles,
  stage: Stage,
) {
  const { engine, settings } = parts
  const [registryCredentials, inputs] = await Promise.all([
    credentialsOf(parts, app, stage.signal),
    buildInputs(parts, { app, tree, appJson }, stage.signal),
  ])
  const request = {
    tree,
    dockerfilePath: app.dockerfilePath,
    target: null,
    arguments: { ...inputs.arguments, BERTH_REVISION: revision.commit },
    secrets: inputs.secrets,
    labels: {},
    names: [`${ownNames}${app.name}:${revision.commit.slice(0, 12)}`],
    // Images of apps are their own, whoever guesses a name.
    hiddenNames: [ownNames],
    registryCredentials,
    imageScope: app.teamId,
    cacheScope: app.id,
    limits: buildLimits,
    authorities: settings.buildAuthorities,
    noCache: false,
  }
  return await engine.build(request, stage.sink, stage.signal)
}

/** What the app's team may call registries with, by host. @throws SECRET.UNREADABLE */
async function credentialsOf({ registryCredentials }: Carrying, { teamId }: App, signal: AbortSignal) {
  const accounts = await patiently(() => registryCredentials.accounts(teamId), signal)
  return Object.fromEntries(
    accounts.map(({ host, username, password }) => [host, { username, password: new Secret(password) }]),
  )
}

/** A worker that closes leaves the build as it is: its job comes back. Everything else is an end. */
async function endBuild(
  parts: Carrying,
  build: Build,
  error: unknown,
  interruption: Interruption | null,
): Promise<void> {
  if (interruption === 'closing') throw workerError['WORKER.CLOSING']()
  if (interruption === null && !isBerthError(error)) parts.report(`build ${build.id}`, error)
  const cause = interruption === null ? error : interrupted[interruption]()
  const outcome = isBerthError(cause, 'BUILD.CANCELLED') ? 'cancelled' : 'failed'
  await endStage(parts, { kind: 'build', build }, outcome, toErrorRecord(cause))
  const now = await patiently(() => parts.stores.builds.get(build.id))
  await completeLog(parts, { kind: 'build', build: now })
}

const interrupted = {
  cancelled: workerError['BUILD.CANCELLED'],
  'timed-out': workerError['BUILD.JOB_TIMED_OUT'],
}

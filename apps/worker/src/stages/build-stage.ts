import { patiently } from '@berth/deploy'
import { type Build, isBerthError, isBuildOver, tell, toErrorRecord } from '@berth/domain'
import type { Processors } from '@berth/queue'
import type { Keeper } from '../app/keeper.ts'
import { workerError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { openSource } from './build-source.ts'
import { cancelStage } from './cancel-stage.ts'
import { type Interruption, interruptionOf } from './interruption.ts'
import type { Leases } from './leases.ts'
import { type MadeImage, type Making, makeImage } from './make-image.ts'
import { releaseBuild } from './release-build.ts'
import type { RunningStages, Stage } from './running-stages.ts'
import { completeLog, deploymentOf, endStage, tellEnd } from './settle-stage.ts'
import type { Slots } from './slots.ts'
import type { Turns } from './turns.ts'

export type BuildStageParts = Parts & {
  running: RunningStages
  leases: Leases
  keeper: Keeper
  turns: Turns
  buildSlots: Slots
}

/** Builds are heavy: so many at a time, whoever they belong to. */
export const buildsAtOnce = 2

/**
 * Source → image → release → queued deployment; of an app one at a time, and of those that wait the newest alone. Its job may
 * come again after a crash at any place: a build that had succeeded is not done again, and what had followed it is not made
 * twice.
 */
export function buildProcessor(parts: BuildStageParts): Processors['build'] {
  return async ({ buildId, objects }, { signal }) => {
    const build = await patiently(() => parts.stores.builds.get(buildId), signal)
    if (isBuildOver(build.state) && build.state !== 'succeeded')
      return completeLog(parts, { kind: 'build', build })
    await parts.running.run({ id: buildId, appId: build.appId, signal }, (stage) =>
      inTurn({ ...parts, quarantine: objects.quarantine }, build, stage, signal),
    )
  }
}

type Carrying = BuildStageParts & { quarantine: string | null }

async function inTurn(parts: Carrying, build: Build, stage: Stage, jobSignal: AbortSignal): Promise<void> {
  let giveBack: (() => void) | undefined
  try {
    giveBack = await takeTurn(parts, build, stage)
    await carryOutBuild(parts, build, stage)
  } catch (error) {
    await endBuild(parts, build, error, interruptionOf(parts, stage, jobSignal))
  } finally {
    parts.leases.end(build.id)
    giveBack?.()
  }
}

/** @throws BUILD.SUPERSEDED, or the signal's reason */
async function takeTurn(parts: Carrying, build: Build, { sink, signal }: Stage): Promise<() => void> {
  let waited = false
  const onWait = () => {
    waited = true
    tell(sink, { kind: 'section', text: 'Waiting for another build of this app to end' })
  }
  const endTurn = await parts.turns.take(`build of ${build.appId}`, { name: build.id, onWait, signal })
  try {
    if (waited) await refuseSuperseded(parts, build)
    const endSlot = await parts.buildSlots.take(signal)
    return () => {
      endSlot()
      endTurn()
    }
  } catch (error) {
    endTurn()
    throw error
  }
}

/** Of two that wait, both would end with what the newer one brings. */
async function refuseSuperseded({ stores }: Carrying, build: Build): Promise<void> {
  if (build.state !== 'queued') return
  const [newest] = await patiently(() => stores.builds.list(build.appId, 1))
  if (newest !== undefined && newest.id !== build.id && newest.state === 'queued')
    throw workerError['BUILD.SUPERSEDED']()
}

async function carryOutBuild(parts: Carrying, build: Build, stage: Stage): Promise<void> {
  const { stores, leases, quarantine } = parts
  const [app, started] = await Promise.all([
    patiently(() => stores.apps.get(build.appId), stage.signal),
    build.state === 'succeeded' || patiently(() => stores.builds.start(build.id), stage.signal),
  ])
  if (app === null) return
  if (!started) throw workerError['BUILD.CANCELLED']()
  const accounts = await patiently(() => parts.registryCredentials.accounts(app.teamId), stage.signal)
  const source = await openSource(parts, { app, build, accounts, quarantine }, stage)
  try {
    const making = { app, build, source, accounts }
    const next = await followUp(parts, making, await makeImage(parts, making, stage))
    leases.inherit(build.id, next)
    if (stage.isCancelled()) await cancelStage(parts, next)
    await patiently(() => parts.queue.add('deploy', { deploymentId: next }))
    tellEnd(parts, build.id, { outcome: 'succeeded', error: null, next })
  } finally {
    await source.close()
  }
}

/** The deployment of a build. One that was begun for the first time has none yet, and need not be asked for it. */
async function followUp(
  parts: Carrying,
  { app, source: { revision }, build }: Making,
  { files, digest }: MadeImage,
): Promise<string> {
  const built = { ...build, imageDigest: digest, revisionId: revision?.id ?? null }
  const before = build.state === 'queued' ? null : await deploymentOf(parts, built)
  return before ?? (await releaseBuild(parts, { app, revision, build: built, files }))
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
  const isCalledOff = isBerthError(cause, 'BUILD.CANCELLED', 'BUILD.SUPERSEDED')
  await endStage(parts, { kind: 'build', build }, isCalledOff ? 'cancelled' : 'failed', toErrorRecord(cause))
  const now = await patiently(() => parts.stores.builds.get(build.id))
  await completeLog(parts, { kind: 'build', build: now })
}

const interrupted = {
  cancelled: workerError['BUILD.CANCELLED'],
  'timed-out': workerError['BUILD.JOB_TIMED_OUT'],
}

import { setTimeout as sleep } from 'node:timers/promises'
import {
  deployError,
  deployRelease,
  patiently,
  removeAfterwards,
  runAfterwards,
  type Subject,
  tasksAfter,
} from '@berth/deploy'
import {
  type App,
  type Deployment,
  isBerthError,
  isDeploymentOver,
  isUnsettled,
  type Release,
  releaseLabel,
  tell,
  toErrorRecord,
} from '@berth/domain'
import { jobs, type Processors } from '@berth/queue'
import type { Keeper } from '../app/keeper.ts'
import { loadSubject } from '../app/load-subject.ts'
import { workerError } from '../errors.ts'
import type { IncomingLogs } from '../logs/open-logs.ts'
import { tellOfSuccess } from '../notices/tell-of-stage.ts'
import type { Parts } from '../parts.ts'
import { type Interruption, interruptionOf } from './interruption.ts'
import type { Leases } from './leases.ts'
import type { RunningStages, Stage } from './running-stages.ts'
import { completeLog, endStage, settleDeployment, tellEnd } from './settle-stage.ts'
import type { Turns } from './turns.ts'

export type DeployStageParts = Parts & {
  running: RunningStages
  leases: Leases
  turns: Turns
  keeper: Keeper
  incomingLogs: Pick<IncomingLogs, 'say'>
}

/**
 * Carries a deployment out, one of an app at a time. It ends live, failed or cancelled; only a worker that closes leaves it
 * in between, for the next one, to whom the job comes back. Old instances are drained and stopped by the keeper afterwards.
 */
export function deployProcessor(parts: DeployStageParts): Processors['deploy'] {
  return async ({ deploymentId }, { signal }) => {
    const deployment = await patiently(() => parts.stores.deployments.get(deploymentId), signal)
    if (isDeploymentOver(deployment.state) && !isUnsettled(deployment)) {
      await removeAfterwards(parts, deploymentId)
      return completeLog(parts, { kind: 'deployment', deployment })
    }
    await parts.running.run({ id: deploymentId, appId: deployment.appId, signal }, (stage) =>
      inTurn(parts, deployment, stage, signal),
    )
  }
}

async function inTurn(parts: DeployStageParts, deployment: Deployment, stage: Stage, jobSignal: AbortSignal) {
  const { stores, turns, keeper, leases } = parts
  let giveBack: (() => void) | undefined
  let waited = false
  keeper.shield(deployment.appId, deployment.id)
  try {
    const release = await patiently(() => stores.releases.get(deployment.releaseId), stage.signal)
    giveBack = await turns.take(deployment.appId, {
      name: releaseLabel(release.version),
      onWait: (holder) => {
        waited = true
        tell(stage.sink, { kind: 'section', text: `Waiting for ${holder} to finish` })
      },
      signal: stage.signal,
    })
    await refuseSuperseded(parts, deployment, { waited })
    if (!isUnsettled(deployment)) await carryOutDeployment(parts, { deployment, release }, stage)
    await workAfterwards(parts, { deployment, release }, stage)
    tellEnd(parts, deployment.id, { outcome: 'succeeded', error: null, next: null })
    void flushSoon(parts)
    void tellOfSuccess(parts, { deployment, release })
  } catch (error) {
    await endDeployment(parts, deployment, error, interruptionOf(parts, stage, jobSignal))
  } finally {
    leases.end(deployment.id)
    keeper.unshield(deployment.appId, deployment.id)
    giveBack?.()
    void keeper.converge(deployment.appId)
  }
}

async function carryOutDeployment(
  parts: DeployStageParts,
  { deployment, release }: { deployment: Deployment; release: Release },
  stage: Stage,
): Promise<void> {
  const { stores, keeper } = parts
  const [starting, loaded] = await Promise.all([
    patiently(() => stores.deployments.become(deployment.id, 'starting'), stage.signal),
    loadSubject(parts, deployment, release),
  ])
  if (!starting) throw deployError['DEPLOY.CANCELLED']()
  const { app, subject, formation } = loaded
  const isStarted = app.stoppedAt !== null && deployment.cause === 'build'
  tell(stage.sink, { kind: 'section', text: openingOf(loaded, { isStarted }) })
  await keeper.prepare(app)
  await deployRelease({
    undertaking: keeper.undertaking(app, subject, stage.sink),
    formation,
    cause: deployment.cause,
    deployments: stores.deployments,
    changed: () => keeper.changed(app.id),
    onSwitch: async () => {
      stage.protect()
      await keeper.pause(app.id, deployment.id)
      if (isStarted) await patiently(() => stores.apps.setStopped(app.id, false))
    },
    signal: stage.signal,
  })
  keeper.adopt(app.id, subject, formation)
  const { version } = release
  parts.incomingLogs.say(app.id, { text: `${releaseLabel(version)} is live`, release: version })
}

function openingOf(
  { app, subject: { release } }: { app: App; subject: Subject },
  { isStarted }: { isStarted: boolean },
): string {
  const label = releaseLabel(release.version)
  if (isStarted) return `Starting ${label}: ${app.name} was stopped, and runs again with it`
  return app.stoppedAt === null
    ? `Starting ${label}`
    : `Preparing ${label}: ${app.name} is stopped, and stays so until \`berth ps start\``
}

/**
 * Tasks that run once the release is live. The app is kept meanwhile, like any other; the next deployment waits. Left to the
 * next worker where this one closes.
 */
async function workAfterwards(
  parts: DeployStageParts,
  { deployment, release }: { deployment: Deployment; release: Release },
  stage: Stage,
): Promise<void> {
  const { stores, keeper } = parts
  keeper.unshield(deployment.appId, deployment.id)
  reloadSoon(parts, deployment.appId)
  const hasTasks = deployment.cause !== 'restart' && tasksAfter(release, { isFirst: true }).length > 0
  if (!hasTasks && !isUnsettled(deployment)) return
  const now = await patiently(() => stores.deployments.get(deployment.id))
  const { app, subject } = await loadSubject(parts, now, release)
  const undertaking = keeper.undertaking(app, subject, stage.sink)
  await runAfterwards(undertaking, { isFirst: now.isFirst, signal: stage.signal })
  await settleDeployment(parts, now)
}

/** What should run may have changed while the deployment was made. */
function reloadSoon({ keeper, report }: DeployStageParts, appId: string): void {
  keeper.reload(appId).catch((error: unknown) => report('reading what should run', error))
}

/** As many of an app as one may wait behind. */
const mostWaiting = 200

const flushAfterMs = 100

/**
 * Nobody waits for the disk, and the pusher is told first that it is live. Until it has written, a power failure could take
 * the image that is live.
 */
async function flushSoon({ engine, closing, report }: Parts): Promise<void> {
  await sleep(flushAfterMs, undefined, { signal: closing }).catch(() => undefined)
  await engine.images.flush().catch((error: unknown) => report('writing images to the disk', error))
}

/**
 * Who waits in vain is told at once: a newer deployment that waits has everything that this one would bring, or replaces it. A
 * restart brings nothing, so it takes the place of another restart alone; and it restarts what it was asked for, or nothing.
 */
async function refuseSuperseded(
  { stores }: Parts,
  deployment: Deployment,
  { waited }: { waited: boolean },
): Promise<void> {
  if (deployment.state !== 'queued') return
  const isRestart = deployment.cause === 'restart'
  const live = isRestart ? await patiently(() => stores.deployments.live(deployment.appId)) : null
  if (live !== null && live.releaseId !== deployment.releaseId) throw await superseded({ stores }, live)
  if (!waited) return
  const recent = await patiently(() => stores.deployments.list(deployment.appId, mostWaiting))
  const newer = recent.slice(
    0,
    recent.findIndex(({ id }) => id === deployment.id),
  )
  const by = newer.find(({ state, cause }) => state === 'queued' && (isRestart || cause !== 'restart'))
  if (by !== undefined) throw await superseded({ stores }, by)
}

async function superseded({ stores }: Pick<Parts, 'stores'>, by: Deployment) {
  const release = await patiently(() => stores.releases.get(by.releaseId))
  return deployError['DEPLOY.SUPERSEDED']({ by: releaseLabel(release.version) })
}

async function endDeployment(
  parts: DeployStageParts,
  deployment: Deployment,
  error: unknown,
  interruption: Interruption | null,
): Promise<void> {
  if (interruption === 'closing') throw workerError['WORKER.CLOSING']()
  if (interruption === null && !isBerthError(error)) parts.report(`deployment ${deployment.id}`, error)
  const cause = interruption === null ? error : interrupted[interruption]()
  const outcome = isBerthError(cause, 'DEPLOY.CANCELLED', 'DEPLOY.SUPERSEDED') ? 'cancelled' : 'failed'
  const record = toErrorRecord(cause)
  const text = `A deployment ${outcome === 'failed' ? 'failed' : 'was given up'}: ${record.message}`
  parts.incomingLogs.say(deployment.appId, { text, isTrouble: outcome === 'failed' })
  await endStage(parts, { kind: 'deployment', deployment }, outcome, record)
  await settleDeployment(parts, deployment)
  const now = await patiently(() => parts.stores.deployments.get(deployment.id))
  await completeLog(parts, { kind: 'deployment', deployment: now })
}

const interrupted = {
  cancelled: deployError['DEPLOY.CANCELLED'],
  'timed-out': () => deployError['DEPLOY.TIMED_OUT']({ minutes: jobs.deploy.timeoutMs / 60_000 }),
}

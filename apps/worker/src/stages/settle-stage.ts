import { patiently, removeAfterwards } from '@berth/deploy'
import {
  type Build,
  type Deployment,
  type ErrorRecord,
  isBerthError,
  isBuildOver,
  isDeploymentOver,
  isUnsettled,
  type StageEvent,
  tell,
} from '@berth/domain'
import type { Keeper } from '../app/keeper.ts'
import { tellOfFailure } from '../notices/tell-of-stage.ts'
import type { Parts } from '../parts.ts'

/**
 * Records and logs of stages, kept in step: the record says first how a stage ended, then its log. A crash between the two
 * leaves a log without an end, which whoever comes next completes from the record.
 */
export type StageRecord = { kind: 'build'; build: Build } | { kind: 'deployment'; deployment: Deployment }

type Records = Pick<Parts, 'stores' | 'logs'>

/** Null: there is no such build and no such deployment. */
export async function findStage({ stores }: Records, id: string): Promise<StageRecord | null> {
  const build = await orNull(stores.builds.get(id))
  if (build) return { kind: 'build', build }
  const deployment = await orNull(stores.deployments.get(id))
  return deployment && { kind: 'deployment', deployment }
}

export function isOver(stage: StageRecord): boolean {
  if (stage.kind === 'build') return isBuildOver(stage.build.state)
  return isDeploymentOver(stage.deployment.state) && !isUnsettled(stage.deployment)
}

/** Nothing runs after it any more. Changes nothing of one that was never live. */
export async function settleDeployment(
  { stores, engine }: Pick<Parts, 'stores' | 'engine'>,
  { id }: Pick<Deployment, 'id'>,
): Promise<void> {
  await patiently(() => stores.deployments.settle(id))
  await removeAfterwards({ engine }, id)
}

/** Ends a stage that nobody works on; false where it is over, or too far, already. */
export async function endStage(
  parts: Records & Pick<Parts, 'notify' | 'report'>,
  stage: StageRecord,
  outcome: 'failed' | 'cancelled',
  error: ErrorRecord,
): Promise<boolean> {
  const { builds, deployments } = parts.stores
  const store = stage.kind === 'build' ? builds : deployments
  const id = stage.kind === 'build' ? stage.build.id : stage.deployment.id
  const ended = await patiently(() => store.end(id, outcome, error))
  if (ended) tellEnd(parts, id, { outcome, error, next: null })
  if (ended && outcome === 'failed') void tellOfFailure(parts, stage, error)
  return ended
}

/** Nobody works on it any more: what it has begun may be cleared away. */
export function letGo({ keeper }: { keeper: Keeper }, stage: StageRecord): void {
  if (stage.kind === 'build') return
  const { appId, id } = stage.deployment
  keeper.unshield(appId, id)
  void keeper.converge(appId)
}

export function tellEnd(
  { logs }: Pick<Records, 'logs'>,
  id: string,
  end: Pick<Extract<StageEvent, { kind: 'ended' }>, 'outcome' | 'error' | 'next'>,
): void {
  tell((event) => logs.append(id, event), { kind: 'ended', ...end })
}

/** Completes the log of a stage that is over. */
export async function completeLog(parts: Records, stage: StageRecord): Promise<void> {
  const record = stage.kind === 'build' ? stage.build : stage.deployment
  if (!isOver(stage) || (await parts.logs.hasEnded(record.id))) return
  const outcome = outcomeOf(record.state)
  const next = stage.kind === 'build' ? await deploymentOf(parts, stage.build) : null
  if (stage.kind === 'build' && outcome === 'succeeded' && next === null) return
  tellEnd(parts, record.id, { outcome, error: record.error, next })
}

/** The deployment that followed a build; null where there is none (yet). */
export async function deploymentOf(
  { stores }: Pick<Records, 'stores'>,
  build: Build,
): Promise<string | null> {
  const releases = await stores.releases.list(build.appId, 50)
  const release = releases.find(
    (found) =>
      found.revisionId === build.revisionId &&
      found.imageDigest === build.imageDigest &&
      found.createdAt >= build.createdAt,
  )
  const deployments = release ? await stores.deployments.list(build.appId, 50) : []
  // A restart deploys the same release again.
  return deployments.findLast((found) => found.releaseId === release?.id)?.id ?? null
}

function outcomeOf(state: Build['state'] | Deployment['state']): 'succeeded' | 'failed' | 'cancelled' {
  return state === 'failed' || state === 'cancelled' ? state : 'succeeded'
}

async function orNull<Found>(found: Promise<Found>): Promise<Found | null> {
  try {
    return await found
  } catch (error) {
    if (isBerthError(error, 'RECORD.NOT_FOUND')) return null
    throw error
  }
}

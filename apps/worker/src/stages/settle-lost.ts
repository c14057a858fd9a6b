import { toErrorRecord } from '@berth/domain'
import type { Keeper } from '../app/keeper.ts'
import { workerError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { RunningStages } from './running-stages.ts'
import { completeLog, endStage, letGo, type StageRecord, settleDeployment } from './settle-stage.ts'

/** A job that a killed worker had comes back well within this time. */
const graceMs = 90_000

/**
 * Ends the stages that nobody will ever work on: their record is unfinished, but their job is lost (the asker died between
 * the two, or a job failed too often). Only after a while in which no stage began or ended here: as long as something
 * moves, a job may still wait its turn. Returns how many.
 */
export async function settleLost(parts: Parts & { running: RunningStages; keeper: Keeper }): Promise<number> {
  const { stores, running } = parts
  if (running.count() > 0 || Date.now() - running.lastChangeAt() < graceMs) return 0
  const builds = (await stores.builds.unfinished()).map((build) => ({ kind: 'build', build }) as const)
  const deployments = (await stores.deployments.unfinished()).map(
    (deployment) => ({ kind: 'deployment', deployment }) as const,
  )
  let settled = 0
  for (const stage of [...builds, ...deployments].filter(isOld)) {
    const error = toErrorRecord(workerError['WORKER.JOB_LOST']({ what: stage.kind }))
    if (await endStage(parts, stage, 'failed', error)) settled += 1
    else await completeLost(parts, stage)
    letGo(parts, stage)
  }
  return settled
}

/** It is over already, but for what runs after it is live, which nobody will ever run. */
async function completeLost(parts: Parts, stage: StageRecord): Promise<void> {
  if (stage.kind === 'build') return completeLog(parts, stage)
  await settleDeployment(parts, stage.deployment)
  const deployment = await parts.stores.deployments.get(stage.deployment.id)
  await completeLog(parts, { kind: 'deployment', deployment })
}

function isOld(stage: StageRecord): boolean {
  const { createdAt } = stage.kind === 'build' ? stage.build : stage.deployment
  return Date.now() - createdAt.getTime() > graceMs
}

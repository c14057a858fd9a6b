import { deployError } from '@berth/deploy'
import { toErrorRecord } from '@berth/domain'
import type { Keeper } from '../app/keeper.ts'
import { workerError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { RunningStages } from './running-stages.ts'
import { endStage, findStage, letGo } from './settle-stage.ts'

/** Cancels a stage wherever it is; one that is over or past its switch stays as it is. False: there is no such stage. */
export async function cancelStage(
  parts: Parts & { running: RunningStages; keeper: Keeper },
  id: string,
): Promise<boolean> {
  if (parts.running.isRunning(id)) {
    parts.running.cancel(id)
    return true
  }
  const stage = await findStage(parts, id)
  if (stage === null) return false
  const error = stage.kind === 'build' ? workerError['BUILD.CANCELLED']() : deployError['DEPLOY.CANCELLED']()
  if (await endStage(parts, stage, 'cancelled', toErrorRecord(error))) letGo(parts, stage)
  return true
}

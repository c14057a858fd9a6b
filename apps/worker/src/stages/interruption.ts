import type { Parts } from '../parts.ts'
import type { Stage } from './running-stages.ts'

/** Why a stage ended that did not fail by itself. */
export type Interruption = 'cancelled' | 'timed-out' | 'closing'

export function interruptionOf(
  { closing }: Pick<Parts, 'closing'>,
  stage: Pick<Stage, 'isCancelled'>,
  jobSignal: AbortSignal,
): Interruption | null {
  if (stage.isCancelled()) return 'cancelled'
  if (!jobSignal.aborted) return null
  return closing.aborted ? 'closing' : 'timed-out'
}

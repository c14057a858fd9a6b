import { type EventSink, tell } from '@berth/domain'
import type { BuildCache } from '../build-cache.ts'
import { tellWarning } from '../step-warnings.ts'
import type { OutlinedStep, PlanOutline } from './outline-plan.ts'

/** `savedMs`: what the steps took when they were done. */
export type Reused = { steps: number; savedMs: number }

/** Tells of FROM lines and of the steps that are not done again, in the order of the plan, with what they warned of then. */
export async function tellReused(
  { sink, cache }: { sink: EventSink; cache: BuildCache },
  plan: PlanOutline,
  todo: readonly OutlinedStep[],
): Promise<Reused> {
  const found = plan.steps.filter((step) => !todo.includes(step))
  // Asked for each, so that none of them is forgotten while what stands on it is of use.
  const records = await Promise.all(found.map(({ chainKey }) => cache.findChain(chainKey)))
  for (const base of plan.bases) tellCached(sink, base)
  for (const [index, step] of found.entries()) {
    for (const warning of records[index]?.warnings ?? []) tellWarning(sink, step.place, warning)
    tellCached(sink, step)
  }
  return { steps: found.length, savedMs: records.reduce((sum, record) => sum + (record?.tookMs ?? 0), 0) }
}

export function tellCached(sink: EventSink, { id, title }: { id: string; title: string }): void {
  tell(sink, { kind: 'step-started', step: id, title })
  tell(sink, { kind: 'step-finished', step: id, outcome: 'cached', durationMs: 0 })
}

import { type EventSink, type StepOutcome, tell } from '@berth/domain'

/** Tells that a step begins; what it returns is called once, when it ends. */
export function tellStep(
  sink: EventSink,
  { step, title }: { step: string; title: string },
): (outcome: StepOutcome) => void {
  const startedAt = Date.now()
  tell(sink, { kind: 'step-started', step, title })
  return (outcome) => tell(sink, { kind: 'step-finished', step, outcome, durationMs: Date.now() - startedAt })
}

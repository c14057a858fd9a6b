import { type EventSink, tell } from '@berth/domain'
import { z } from 'zod'
import type { Place } from '../dockerfile/source-text.ts'

/**
 * What comes out while a step runs, and not when its Dockerfile is read. It is kept with what the step made, and said
 * again when an earlier build's result takes its place; of the line where the step stands then.
 */
export type StepWarning = { rule: string; text: string }

export const stepWarnings = z.array(z.object({ rule: z.string(), text: z.string() })).optional()

/** Where a step's warnings go: `warnings` are those so far. */
export type StepWarnings = { sink: EventSink; warnings: StepWarning[] }

export function warn({ sink, warnings }: StepWarnings, place: Place, warning: StepWarning): void {
  warnings.push(warning)
  tellWarning(sink, { path: place.source.path, line: place.line }, warning)
}

export function tellWarning(
  sink: EventSink,
  { path, line }: { path: string; line: number },
  { rule, text }: StepWarning,
): void {
  tell(sink, { kind: 'warning', rule, text, path, line })
}

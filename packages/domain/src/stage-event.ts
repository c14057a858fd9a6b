import type { ErrorRecord } from './error.ts'

/**
 * What a build or a deployment tells while it happens: the pusher's terminal, the dashboard and the log file all read
 * this one stream. `at` is milliseconds since 1970. Events are numbered by their place in the stream, from 0.
 */
export type StageEvent =
  | { kind: 'section'; at: number; text: string }
  | { kind: 'step-started'; at: number; step: string; title: string }
  | { kind: 'step-finished'; at: number; step: string; outcome: StepOutcome; durationMs: number }
  | { kind: 'line'; at: number; step: string | null; stream: 'stdout' | 'stderr'; text: string }
  | ({ kind: 'warning'; at: number } & BuildWarning)
  /** A long transfer, told at most four times a second. `what` is said once for all: `layer 3 of 5`. */
  | {
      kind: 'progress'
      at: number
      step: string | null
      what: string
      doneBytes: number
      /** Null: nobody knows. */
      ofBytes: number | null
    }
  /** An attempt of a health check that failed; `told` is what was answered. After the last one its instance is given up. */
  | { kind: 'check'; at: number; step: string; check: string; attempt: number; of: number; told: string }
  /** At the end of a build: how many of its steps were not done again. `savedMs`: what they took when they were done. */
  | { kind: 'reused'; at: number; steps: number; of: number; savedMs: number | null }
  | { kind: 'ended'; at: number; outcome: StageOutcome; error: ErrorRecord | null; next: string | null }

/** `rule` and the place are there where a line of a Dockerfile is meant. */
export type BuildWarning = { text: string; rule?: string; path?: string; line?: number; endLine?: number }

export type StepOutcome = 'done' | 'cached' | 'failed' | 'cancelled'
export type StageOutcome = 'succeeded' | 'failed' | 'cancelled'

/** Where a stage tells its events. Never throws, never waits: a slow reader must not slow a build. */
export type EventSink = (event: StageEvent) => void

type Untimed<Event> = Event extends StageEvent ? Omit<Event, 'at'> : never

/** `tell(sink, { kind: 'section', text })` adds the time. */
export function tell(sink: EventSink, event: Untimed<StageEvent>): void {
  sink({ ...event, at: Date.now() } as StageEvent)
}

import type { ErrorRecord, StageEvent } from '@berth/domain'
import { cleanLine, cleanLines } from './clean-text.ts'

/** What a pusher sees, as people who come from Heroku or Dokku know it. */
export const step = (text: string) => `-----> ${cleanLine(text)}`
export const section = (text: string) => `=====> ${cleanLine(text)}`
export const detail = (text: string) => `       ${cleanLine(text)}`
const complaint = (text: string) => ` !     ${cleanLine(text)}`

/** The lines of one event of a build or a deployment; many have none. */
export function renderEvent(event: StageEvent): string[] {
  switch (event.kind) {
    case 'section':
      return [section(event.text)]
    case 'step-started':
      return [step(event.title)]
    case 'step-finished':
      return renderStepEnd(event)
    case 'line':
      return cleanLines(event.text).map(detail)
    case 'warning':
      return cleanLines(event.text).map(complaint)
    case 'ended':
      return event.error === null ? [] : renderError(event.error)
  }
}

/** An error as ` !     ` lines: what happened, then what to do. */
export function renderError(error: Pick<ErrorRecord, 'message' | 'hint'>): string[] {
  return [...cleanLines(error.message), ...cleanLines(error.hint)]
    .filter((line) => line !== '')
    .map(complaint)
}

/** `0.8 s`, `12 s`, `3 min 5 s` */
export function renderDuration(durationMs: number): string {
  const seconds = durationMs / 1_000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

const worthTellingMs = 1_000

function renderStepEnd(event: Extract<StageEvent, { kind: 'step-finished' }>): string[] {
  if (event.outcome === 'cached') return [detail('from the cache')]
  const isLong = event.outcome === 'done' && event.durationMs >= worthTellingMs
  return isLong ? [detail(`done in ${renderDuration(event.durationMs)}`)] : []
}

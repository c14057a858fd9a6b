import {
  type ErrorRecord,
  type StageEvent,
  sayCheck,
  sayProgress,
  sayReused,
  saySeconds,
  sayWarning,
} from '@berth/domain'
import { cleanLine, cleanLines } from './clean-text.ts'

/** What a pusher sees, as people who come from Heroku or Dokku know it. */
export const step = (text: string) => `-----> ${cleanLine(text)}`
export const section = (text: string) => `=====> ${cleanLine(text)}`
export const detail = (text: string) => `       ${cleanLine(text)}`
const complaint = (text: string) => ` !     ${cleanLine(text)}`

/** The lines of one event of a build or a deployment; many have none. */
export type EventRenderer = (event: StageEvent) => string[]

const worthTellingMs = 1_000
const progressApartMs = 5_000

/**
 * One renderer a stage: it remembers which steps are under way. While that is one alone, its lines need no name; while
 * there are several, each line begins with the `[build 2/4]` of its step.
 */
export function eventRenderer(): EventRenderer {
  const open = new Map<string, { title: string; toldAt: number }>()

  const nameOf = (id: string | null): string => {
    const title = id === null || open.size < 2 ? undefined : open.get(id)?.title
    return title === undefined ? '' : `${/^\[[^\]]*\]/.exec(title)?.[0] ?? title.slice(0, 24)} `
  }

  function finished(event: Extract<StageEvent, { kind: 'step-finished' }>): string[] {
    const said = sayStepEnd(event)
    const lines = said === undefined ? [] : [detail(`${nameOf(event.step)}${said}`)]
    open.delete(event.step)
    return lines
  }

  /** Calm: the title says what happens, so a transfer is worth a word only when it takes long. */
  function progress(event: Extract<StageEvent, { kind: 'progress' }>): string[] {
    const under = event.step === null ? undefined : open.get(event.step)
    if (under === undefined || event.at - under.toldAt < progressApartMs) return []
    under.toldAt = event.at
    return [detail(`${nameOf(event.step)}${sayProgress(event)}`)]
  }

  return (event) => {
    switch (event.kind) {
      case 'section':
        return [section(event.text)]
      case 'step-started':
        open.set(event.step, { title: event.title, toldAt: event.at })
        return [step(event.title)]
      case 'step-finished':
        return finished(event)
      case 'line':
        return cleanLines(event.text).map((text) => detail(`${nameOf(event.step)}${text}`))
      case 'progress':
        return progress(event)
      case 'warning':
        return cleanLines(sayWarning(event)).map(complaint)
      case 'check':
        return [detail(`${nameOf(event.step)}${sayCheck(event)}`)]
      case 'reused':
        return event.steps === 0 ? [] : [detail(sayReused(event))]
      case 'ended':
        return event.error === null ? [] : renderError(event.error)
    }
  }
}

/** An error as ` !     ` lines: what happened, then what to do. */
export function renderError(error: Pick<ErrorRecord, 'message' | 'hint'>): string[] {
  return [...cleanLines(error.message), ...cleanLines(error.hint)]
    .filter((line) => line !== '')
    .map(complaint)
}

function sayStepEnd(event: Extract<StageEvent, { kind: 'step-finished' }>): string | undefined {
  if (event.outcome === 'cached') return 'from the cache'
  const isLong = event.outcome === 'done' && event.durationMs >= worthTellingMs
  return isLong ? `done in ${saySeconds(event.durationMs)}` : undefined
}

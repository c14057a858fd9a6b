import {
  type StageEvent,
  type StepOutcome,
  sayCheck,
  sayProgress,
  sayReused,
  sayWarning,
} from '@berth/domain'
import { cleanLine, cleanLines } from './clean-text.ts'

/**
 * A build as lines that say by themselves which step they belong to, as BuildKit's plain progress has them: steps that
 * happen side by side stay apart, in a terminal as in a file.
 *
 *     #5 [build 2/4] RUN npm ci
 *     #5 0.312 added 12 packages
 *     #5 DONE 1.2s
 */
export type PlainProgress = (event: StageEvent) => string[]

type OpenStep = { number: number; startedAt: number }

const worthRepeatingMs = 1_000

export function plainProgress(): PlainProgress {
  const steps = new Map<string, OpenStep>()
  const progressAt = new Map<string, number>()

  const prefix = (step: string | null) => {
    const open = step === null ? undefined : steps.get(step)
    return open === undefined ? '' : `#${open.number} `
  }

  function started(event: Extract<StageEvent, { kind: 'step-started' }>): string[] {
    const number = steps.get(event.step)?.number ?? steps.size + 1
    steps.set(event.step, { number, startedAt: event.at })
    return [...(number > 1 ? [''] : []), `#${number} ${cleanLine(event.title)}`]
  }

  function line(event: Extract<StageEvent, { kind: 'line' }>): string[] {
    const open = event.step === null ? undefined : steps.get(event.step)
    const time = open === undefined ? '' : `${(Math.max(0, event.at - open.startedAt) / 1_000).toFixed(3)} `
    return cleanLines(event.text).map((text) => `${prefix(event.step)}${time}${text}`)
  }

  function progress(event: Extract<StageEvent, { kind: 'progress' }>): string[] {
    const key = `${event.step} ${event.what}`
    const isComplete = event.doneBytes === event.ofBytes
    if (!isComplete && event.at - (progressAt.get(key) ?? 0) < worthRepeatingMs) return []
    progressAt.set(key, event.at)
    return [`${prefix(event.step)}${cleanLine(sayProgress(event))}`]
  }

  return (event) => {
    switch (event.kind) {
      case 'section':
        return [cleanLine(event.text)]
      case 'step-started':
        return started(event)
      case 'step-finished':
        return [`${prefix(event.step)}${endWord(event.outcome, event.durationMs)}`]
      case 'line':
        return line(event)
      case 'progress':
        return progress(event)
      case 'check':
        return cleanLines(`${prefix(event.step)}${sayCheck(event)}`)
      case 'warning':
        return cleanLines(`WARNING: ${sayWarning(event)}`)
      case 'reused':
        return event.steps === 0 ? [] : ['', sayReused(event)]
      case 'ended':
        return event.error === null ? [] : ['', ...cleanLines(`ERROR: ${event.error.message}`)]
    }
  }
}

function endWord(outcome: StepOutcome, durationMs: number): string {
  if (outcome === 'cached') return 'CACHED'
  if (outcome === 'cancelled') return 'CANCELED'
  return `${outcome === 'done' ? 'DONE' : 'ERROR after'} ${(durationMs / 1_000).toFixed(1)}s`
}

import type { Healthcheck } from '@berth/domain'
import type { Readiness } from '../instance.ts'
import type { Answer } from './answer.ts'
import { checkTitle } from './ask.ts'

/**
 * What the answers of an instance's lasting checks mean. Pure: who asks when is the prober's business.
 *
 *   readiness   passed once → ready, at once · `attempts` failures in a row → not ready, until it passes again
 *   liveness    `attempts` failures in a row → given up, for good
 *
 * An answer that says nothing (`unknown`) neither ends a row nor makes it longer.
 */
export type Standing = {
  check: Healthcheck
  failuresInRow: number
  /** Has it ever passed? */
  hasPassed: boolean
  /** What it said when it failed last. */
  told: string | null
}

export type Verdict =
  | { kind: 'fine' }
  /** It should get no requests. */
  | { kind: 'unready'; readiness: Exclude<Readiness, 'ready'>; because: string }
  /** It is to be stopped and started again. */
  | { kind: 'given up'; because: string }

/** `isReady`: it has just passed its readiness checks, or is taken to have before. */
export function firstStanding(check: Healthcheck, { isReady }: { isReady: boolean }): Standing {
  return { check, failuresInRow: 0, hasPassed: isReady, told: null }
}

export function afterAnswer(standing: Standing, answer: Answer): Standing {
  if (answer.kind === 'unknown') return standing
  if (answer.kind === 'passed') return { ...standing, failuresInRow: 0, hasPassed: true }
  return { ...standing, failuresInRow: standing.failuresInRow + 1, told: answer.told }
}

export function verdictOf(standings: readonly Standing[]): Verdict {
  const gone = standings.find(
    ({ check, ...row }) => check.type === 'liveness' && row.failuresInRow >= check.attempts,
  )
  if (gone) return { kind: 'given up', because: failureWords(gone) }
  const readiness = standings.filter(({ check }) => check.type === 'readiness')
  const never = readiness.find(({ hasPassed }) => !hasPassed)
  if (never) return { kind: 'unready', readiness: 'not yet', because: failureWords(never) }
  const lost = readiness.find(({ check, failuresInRow }) => failuresInRow >= check.attempts)
  return lost ? { kind: 'unready', readiness: 'lost', because: failureWords(lost) } : { kind: 'fine' }
}

/** `liveness check "page" failed 3 times: connection refused` */
function failureWords({ check, failuresInRow, told }: Standing): string {
  const title = `${check.type} check ${checkTitle(check)}`
  if (told === null || failuresInRow === 0) return `${title} has not passed yet`
  return `${title} failed ${failuresInRow === 1 ? 'once' : `${failuresInRow} times`}: ${told}`
}

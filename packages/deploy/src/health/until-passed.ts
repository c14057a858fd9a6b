import { setTimeout as sleep } from 'node:timers/promises'
import type { Healthcheck } from '@berth/domain'
import { type Answer, type FailedAnswer, failed } from './answer.ts'

const defaultWaitMs = 5_000
/** What fails now often passes in a moment, and somebody waits: the tries of the first second are one attempt. */
const eagerMs = 1_000
const firstPauseMs = 20

/**
 * Asks until it passes; what failed last where the check's attempts are used up. No attempt comes later than it could: the
 * first at once, its repetitions within the first second, the others `waitMs` apart. Somebody waits, so what could not be
 * found out is a failed attempt, too.
 */
export async function untilPassed(
  check: Pick<Healthcheck, 'attempts' | 'waitMs'>,
  asking: {
    ask(): Promise<Answer>
    signal: AbortSignal
    /** Told of each attempt that failed; what the first second repeats is one. */
    failed?(attempt: number, answer: { told: string }): void
    now?(): number
    pause?: typeof pauseFor
  },
): Promise<FailedAnswer | null> {
  const { signal, pause = pauseFor, now = () => performance.now() } = asking
  const begunAt = now()
  const waitMs = check.waitMs || defaultWaitMs
  let pauseMs = firstPauseMs
  for (let attempt = 1; ; ) {
    const answer = await asking.ask()
    signal.throwIfAborted()
    if (answer.kind === 'passed') return null
    const isEager = now() - begunAt + pauseMs < Math.min(eagerMs, waitMs)
    if (isEager) {
      await pause(pauseMs, signal)
      pauseMs *= 2
      continue
    }
    asking.failed?.(attempt, answer)
    if (attempt >= check.attempts) return answer.kind === 'failed' ? answer : failed(answer.told)
    attempt += 1
    await pause(waitMs, signal)
  }
}

function pauseFor(durationMs: number, signal: AbortSignal): Promise<void> {
  return sleep(durationMs, undefined, { signal })
}

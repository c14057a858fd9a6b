import { setTimeout as sleep } from 'node:timers/promises'
import type { Healthcheck } from '@berth/domain'
import type { Answer, FailedAnswer } from './answer.ts'

const defaultWaitMs = 5_000
/** What fails now often passes in a moment, and somebody waits: the tries of the first second are one attempt. */
const eagerMs = 1_000
const firstPauseMs = 20

/**
 * Asks until it passes; what failed last where the check's attempts are used up. No attempt comes later than it could: the
 * first at once, its repetitions within the first second, the others `waitMs` apart. What is not known is no attempt.
 */
export async function untilPassed(
  check: Pick<Healthcheck, 'attempts' | 'waitMs'>,
  asking: { ask(): Promise<Answer>; signal: AbortSignal },
): Promise<FailedAnswer | null> {
  const { signal } = asking
  const begunAt = performance.now()
  const waitMs = check.waitMs || defaultWaitMs
  let pauseMs = firstPauseMs
  for (let attempt = 1; ; ) {
    const answer = await asking.ask()
    signal.throwIfAborted()
    if (answer.kind === 'passed') return null
    const isEager = performance.now() - begunAt + pauseMs < Math.min(eagerMs, waitMs)
    if (isEager) {
      await sleep(pauseMs, undefined, { signal })
      pauseMs *= 2
      continue
    }
    if (answer.kind === 'failed' && attempt >= check.attempts) return answer
    if (answer.kind === 'failed') attempt += 1
    await sleep(waitMs, undefined, { signal })
  }
}

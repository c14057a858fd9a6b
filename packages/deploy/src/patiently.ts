import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'

const patienceMs = 60_000
const longestPauseMs = 1_000

/**
 * Tries again where that helps: the database or the front door may be on its way up again, and that must not fail what
 * people wait for. Anything else, and whatever lasts longer than a minute, is thrown.
 */
export async function patiently<Result>(
  work: () => Promise<Result>,
  signal?: AbortSignal,
  options: { patienceMs?: number } = {},
): Promise<Result> {
  const until = Date.now() + (options.patienceMs ?? patienceMs)
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work()
    } catch (error) {
      if (!isBerthError(error) || !error.retryable || Date.now() > until) throw error
    }
    await sleep(pauseMs, undefined, { signal })
  }
}

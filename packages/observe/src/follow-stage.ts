import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError, type StageEvent } from '@berth/domain'
import type { LiveClient } from './live-protocol.ts'

/**
 * A stage's events until it has ended, over as many connections as that takes: a restarted worker is waited for, up to
 * `patienceMs` without any answer (default 60 s), and no event comes twice.
 * @throws LIVE.UNAVAILABLE when the patience is over
 */
export async function* followStage(
  client: LiveClient,
  id: string,
  options: { lease: boolean; signal: AbortSignal; patienceMs?: number; after?: number },
): AsyncIterable<StageEvent> {
  const { signal, lease } = options
  const patience = startPatience(options.patienceMs ?? 60_000)
  let after = options.after ?? 0
  while (!signal.aborted) {
    patience.ask()
    try {
      for await (const event of client.stageEvents(id, { after, lease, signal })) {
        after += 1
        yield event
      }
      return
    } catch (error) {
      if (!isBerthError(error, 'LIVE.UNAVAILABLE') || patience.isOver()) throw error
    }
    await sleep(patience.delayMs(), undefined, { signal }).catch(() => undefined)
  }
}

/** A refused connection fails at once: an attempt that took longer was a stream that broke off. */
const wasConnectedMs = 1_000

function startPatience(patienceMs: number) {
  let failingSince = Date.now()
  let askedAt = failingSince
  let delayMs = 50
  return {
    ask: () => {
      askedAt = Date.now()
    },
    isOver: () => {
      const wasConnected = Date.now() - askedAt > wasConnectedMs
      if (wasConnected) failingSince = Date.now()
      if (wasConnected) delayMs = 50
      return Date.now() - failingSince > patienceMs
    },
    delayMs: () => {
      delayMs = Math.min(delayMs * 2, 1_000)
      return delayMs
    },
  }
}

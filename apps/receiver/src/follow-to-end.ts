import type { StageEvent } from '@berth/domain'
import { eventRenderer, followStage, type LiveClient } from '@berth/observe'
import { pushError } from './errors.ts'
import type { Output } from './output.ts'

export type Ended = Extract<StageEvent, { kind: 'ended' }>

const worthWaitingNoticeMs = 3_000

/**
 * Shows a build or a deployment while it happens, and returns how it ended. It is followed under a lease: where nobody
 * follows it any more, the worker cancels it. @throws LIVE.UNAVAILABLE, or the signal's reason
 */
export async function followToEnd(
  live: LiveClient,
  id: string,
  given: { output: Output; signal: AbortSignal; patienceMs: number },
): Promise<Ended> {
  const { output, signal, patienceMs } = given
  const render = eventRenderer()
  const notice = setTimeout(() => output.detail('Waiting for other builds to end.'), worthWaitingNoticeMs)
  try {
    const events = followStage(sayingWhenLost(live, output), id, { lease: true, signal, patienceMs })
    for await (const event of events) {
      clearTimeout(notice)
      if (event.kind === 'ended') return event
      output.lines(render(event))
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(notice)
  }
  signal.throwIfAborted()
  throw pushError['PUSH.NO_OUTCOME']()
}

function sayingWhenLost(live: LiveClient, output: Output): LiveClient {
  let said = false
  return {
    ...live,
    async *stageEvents(id, options) {
      try {
        yield* live.stageEvents(id, options)
      } catch (error) {
        if (!said && !options.signal.aborted) output.detail('The worker does not answer. Waiting for it.')
        said = true
        throw error
      }
    },
  }
}

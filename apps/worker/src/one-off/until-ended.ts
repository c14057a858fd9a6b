import { type OneOff, patiently } from '@berth/deploy'
import { isBerthError } from '@berth/domain'
import type { ContainerExit } from '@berth/engine'
import type { Parts } from '../parts.ts'

/** How a one-off instance ended that nobody was joined to. */
export type Ending = { how: 'by itself' | 'timed out' | 'removed'; exit: ContainerExit | null }

/** Between the signal and the kill, as for instances of the formation. */
const stopTimeoutMs = 30_000
/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1

/**
 * Waits for its end, and brings it about when its time is up. Its time counts from its start, whichever worker looks after
 * it. Where it was never started it is started now: a crash came between.
 */
export async function untilEnded(
  { engine, report }: Pick<Parts, 'engine' | 'report'>,
  { containerId, timeoutMs }: Pick<OneOff, 'containerId' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<Ending> {
  const { containers } = engine
  let timedOut = false
  let timer: NodeJS.Timeout | undefined
  try {
    const found = await containers.get(containerId)
    const { startedAt } = found.state === 'created' ? await containers.start(containerId) : found
    const leftMs = (startedAt?.getTime() ?? Date.now()) + timeoutMs - Date.now()
    timer = setTimeout(
      () => {
        timedOut = true
        patiently(() => containers.stop(containerId, { timeoutMs: stopTimeoutMs })).catch((error: unknown) =>
          report('ending a one-off instance whose time is up', error),
        )
      },
      Math.min(Math.max(0, leftMs), longestTimerMs),
    )
    const exit = await containers.wait(containerId, signal)
    return { how: timedOut ? 'timed out' : 'by itself', exit }
  } catch (error) {
    if (isBerthError(error, 'CONTAINER.NOT_FOUND')) return { how: 'removed', exit: null }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import type { AppLogLine } from '../app-log/app-log-line.ts'
import type { AppLogs, LogBatchLimits } from '../app-log/app-logs.ts'
import { backOffMs } from './back-off.ts'
import type { DrainSender } from './drain-sender.ts'

/** How a drain gets on, since this worker began. */
export type DrainState = {
  id: string
  sentLines: number
  /** Gone from the app's log before they could be sent. */
  lostLines: number
  /** Not sent yet. */
  waitingLines: number
  lastSentAt: string | null
  problem: { message: string; at: string } | null
}

export type DrainPlaces = { read(): number | null; write(after: number): void }

const batchLimits: LogBatchLimits = { lines: 500, bytes: 256 * 1024 }
/** What is refused again and again will not be taken: it is left out, and counted, so that the rest goes on. */
const mostRefusals = 20

/**
 * Sends the log of an app to one drain, line by line behind the last one that has surely arrived, until the signal is
 * aborted. The log itself is what waits through an outage: bounded by its size and age, and what was lost by that is told
 * in the stream. Where something fails the same lines are sent again, after growing pauses.
 */
export async function runDrain(given: {
  appId: string
  appLogs: Pick<AppLogs, 'next' | 'nextNumber'>
  places: DrainPlaces
  openSender(after: number): DrainSender
  state: DrainState
  signal: AbortSignal
  backOff?: (failures: number) => number
}): Promise<void> {
  const { appId, appLogs, places, state, signal, backOff = backOffMs } = given
  const end = () => appLogs.nextNumber(appId) - 1
  let place = Math.min(places.read() ?? end(), end())
  places.write(place)
  const sender = given.openSender(place)
  let failures = 0
  let refusals = 0
  /** What was left out is not begun again. */
  let leftOut = place
  const surely = () => Math.max(sender.confirmed(), leftOut)

  const failed = async (error: unknown): Promise<void> => {
    if (!isBerthError(error)) throw error
    failures += 1
    refusals = error.code === 'DRAIN.REFUSED' ? refusals + 1 : 0
    state.problem = { message: error.message, at: new Date().toISOString() }
    place = surely()
    await sleep(backOff(failures), undefined, { signal }).catch(() => undefined)
  }

  try {
    while (!signal.aborted) {
      state.waitingLines = end() - place
      const { lines, lost } = await appLogs.next(
        appId,
        place,
        batchLimits,
        AbortSignal.any([signal, sender.doubt()]),
      )
      if (signal.aborted) break
      if (sender.doubt().aborted) {
        place = surely()
        await sender.send([]).catch(failed)
        continue
      }
      const told = lost > 0 ? [lostLine(lost, place, lines[0]), ...lines] : lines
      try {
        if (refusals >= mostRefusals) leaveOut(lines)
        else await sender.send(told)
        taken(lines.length, lost)
      } catch (error) {
        await failed(error)
        continue
      }
      place = lines.at(-1)?.number ?? place + lost
      places.write(surely())
    }
  } finally {
    places.write(surely())
    await sender.close()
  }

  function taken(lines: number, lost: number): void {
    state.sentLines += lines
    state.lostLines += lost
    state.lastSentAt = new Date().toISOString()
    if (refusals < mostRefusals) state.problem = null
    failures = 0
    refusals = 0
  }

  function leaveOut(lines: readonly AppLogLine[]): void {
    state.sentLines -= lines.length
    state.lostLines += lines.length
    leftOut = lines.at(-1)?.number ?? leftOut
  }
}

/** In the place of those that are gone. */
function lostLine(lost: number, after: number, next: AppLogLine | undefined): AppLogLine {
  return {
    number: after + lost,
    at: next?.at ?? new Date().toISOString(),
    source: 'berth',
    instance: 'berth',
    release: null,
    stream: 'stderr',
    text: `${lost} lines are lost: they left the log before this drain could take them`,
  }
}

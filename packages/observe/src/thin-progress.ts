import type { StageEvent } from '@berth/domain'

/**
 * A log is no place for every percent of a transfer: of the events that tell how far one is, this lets through one a
 * second for each, and the one that says it is complete, up to a number for the whole stage.
 */
export type ProgressFilter = (event: StageEvent) => boolean

const apartMs = 1_000
const mostKept = 2_000

export function thinProgress(): ProgressFilter {
  const lastKept = new Map<string, number>()
  let kept = 0
  return (event) => {
    if (event.kind !== 'progress') return true
    if (kept >= mostKept) return false
    const key = JSON.stringify([event.step, event.what])
    const isComplete = event.doneBytes === event.ofBytes
    if (!isComplete && event.at - (lastKept.get(key) ?? Number.NEGATIVE_INFINITY) < apartMs) return false
    lastKept.set(key, event.at)
    kept += 1
    return true
  }
}

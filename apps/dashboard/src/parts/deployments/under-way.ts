import type { AttemptState } from '@berth/api'

const states: ReadonlySet<AttemptState> = new Set(['queued', 'building', 'starting', 'healthy'])

/** It has not come to its end. */
export function isUnderWay(state: AttemptState): boolean {
  return states.has(state)
}

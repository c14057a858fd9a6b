import type { AppState, AttemptState, JobView } from '@berth/api'
import type { InstanceState } from '@berth/observe'
import type { MarkShape, Tone } from '@berth/ui'

/** How each state is drawn and said: the one table of words and shapes. */
export type Mark = { shape: MarkShape; tone: Tone; word: string }

export const appMarks: Record<AppState, Mark> = {
  empty: { shape: 'square', tone: 'grey', word: 'Nothing deployed yet' },
  deploying: { shape: 'ring', tone: 'accent', word: 'Deploying' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
  live: { shape: 'circle', tone: 'good', word: 'Live' },
  starting: { shape: 'ring', tone: 'accent', word: 'Starting' },
  unhealthy: { shape: 'half', tone: 'warn', word: 'Unhealthy' },
  crashed: { shape: 'triangle', tone: 'bad', word: 'Crashed' },
  stopped: { shape: 'square', tone: 'grey', word: 'Stopped' },
  unknown: { shape: 'dash', tone: 'grey', word: 'Not known' },
}

export const deploymentMarks: Record<AttemptState, Mark> = {
  queued: { shape: 'dot', tone: 'grey', word: 'Queued' },
  building: { shape: 'ring', tone: 'accent', word: 'Building' },
  starting: { shape: 'ring', tone: 'accent', word: 'Starting' },
  healthy: { shape: 'ring', tone: 'accent', word: 'Switching' },
  live: { shape: 'circle', tone: 'good', word: 'Live' },
  superseded: { shape: 'check', tone: 'grey', word: 'Superseded' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
  cancelled: { shape: 'square', tone: 'grey', word: 'Cancelled' },
}

/** Of a stopped app nothing is live: the release that would be is said to be stopped, as the app is. */
export function deploymentMark(state: AttemptState, app: AppState): Mark {
  return state === 'live' && app === 'stopped' ? appMarks.stopped : deploymentMarks[state]
}

export const instanceMarks: Record<InstanceState, Mark> = {
  starting: { shape: 'ring', tone: 'accent', word: 'Starting' },
  running: { shape: 'circle', tone: 'good', word: 'Running' },
  restarting: { shape: 'half', tone: 'warn', word: 'Restarting' },
  crashed: { shape: 'triangle', tone: 'bad', word: 'Crashed' },
  stopping: { shape: 'dash', tone: 'grey', word: 'Stopping' },
  stopped: { shape: 'square', tone: 'grey', word: 'Stopped' },
}

export const jobMarks: Record<JobView['state'], Mark> = {
  running: { shape: 'ring', tone: 'accent', word: 'Running' },
  waiting: { shape: 'dot', tone: 'grey', word: 'Waiting' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
}

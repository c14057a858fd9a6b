import type { JobView } from '@berth/api'

const words: Record<JobView['name'], string> = {
  build: 'Build',
  deploy: 'Deploy',
  'remove-app': 'Remove the app',
  'converge-app': 'Make what runs equal to what should',
  'look-after-certificates': 'Look after certificates',
  notify: 'Send a notification',
  'restart-instances': 'Restart instances',
}

/** What a job does, as people would say it. */
export function sayJob(name: JobView['name']): string {
  return words[name]
}

/** Which attempt: nothing, where the first is under way. */
export function sayAttempts({ state, attemptsMade, attempts }: JobView): string | null {
  if (attemptsMade === 0) return null
  if (state === 'failed')
    return `given up after ${attemptsMade === 1 ? '1 attempt' : `${attemptsMade} attempts`}`
  return `attempt ${attemptsMade + 1} of ${attempts}`
}

/** When what matters of it happened. */
export function jobMoment({ state, addedAt, startedAt, endedAt }: JobView): string {
  if (state === 'failed') return endedAt ?? addedAt
  return state === 'running' ? (startedAt ?? addedAt) : addedAt
}

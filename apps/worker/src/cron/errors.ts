import { errorTable } from '@berth/domain'

type Ended = { code: number; signal: string | null; lastLines: readonly string[] }

/** What a run's record says of why it did not end well, or did not begin. */
export const cronError = errorTable({
  'CRON.FAILED': {
    message: ({ code, signal }: Ended) =>
      signal === null ? `It ended with exit code ${code}.` : `It ended by ${signal} (exit code ${code}).`,
    hint: ({ lastLines }: Ended) =>
      lastLines.length === 0 ? 'It printed nothing.' : ['The last it printed:', ...lastLines].join('\n'),
    fault: 'user',
    retryable: false,
  },
  'CRON.OUT_OF_MEMORY': {
    message: () => 'It was killed: out of memory.',
    hint: () => 'Let it use less memory, or give it more: berth limits set cron --memory 1g',
    fault: 'user',
    retryable: false,
  },
  'CRON.LOST': {
    message: () => 'It was lost: what it ran in is not there any more.',
    hint: () =>
      'The machine was restarted, or somebody removed it. If it should run before it is due: berth cron run NAME',
    fault: 'system',
    retryable: true,
  },
  'CRON.REPLACED': {
    message: () => 'It was ended for the next one: its job does not run twice at a time.',
    hint: () => 'Let it do less at once, or start it less often.',
    fault: 'user',
    retryable: false,
  },
  'CRON.STILL_RUNNING': {
    message: () => 'It was not started: the run before it had not ended.',
    hint: () => 'Start it less often, or let runs overlap: berth cron add … --overlap allow',
    fault: 'user',
    retryable: false,
  },
  'CRON.APP_STOPPED': {
    message: () => 'It was not started: the app is stopped.',
    hint: () => 'Start the app: berth ps start',
    fault: 'user',
    retryable: false,
  },
  'CRON.NO_ROOM': {
    message: () => 'It was not started: other jobs took all the room until it was too late.',
    hint: () => 'Spread the jobs over the hour, or let them do less at once.',
    fault: 'system',
    retryable: true,
  },
})

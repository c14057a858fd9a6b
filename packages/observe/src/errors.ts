import { errorTable } from '@berth/domain'

export const liveError = errorTable({
  'LIVE.UNAVAILABLE': {
    message: (details: { reason: string }) => `The worker does not answer: ${details.reason}.`,
    hint: () =>
      'It is being restarted, or it is not running. Running apps are not affected. Try again in a moment.',
    fault: 'system',
    retryable: true,
  },
  'LIVE.UNREADABLE': {
    message: (details: { what: string }) => `The worker's answer was not understood: ${details.what}.`,
    hint: () => 'Restart Berth, so that all of its processes are of one version.',
    fault: 'system',
    retryable: false,
  },
  'LIVE.NOT_FOUND': {
    message: (details: { what: string }) => `There is no ${details.what} here.`,
    hint: () => 'Check the id; what was removed has no events and no log any more.',
    fault: 'user',
    retryable: false,
  },
  'LIVE.BUSY': {
    message: (details: { limit: number }) => `The worker already serves ${details.limit} streams.`,
    hint: () => 'Close a log or a build that is being followed, and try again.',
    fault: 'system',
    retryable: true,
  },
  'ATTACH.TOO_LONG': {
    message: (details: { limitMs: number }) =>
      `The session was ended: it lasted longer than ${Math.round(details.limitMs / 3_600_000)} h.`,
    hint: () => 'Start a new one. What is to run for longer belongs into a process type of the Procfile.',
    fault: 'user',
    retryable: false,
  },
  'ATTACH.BAD_FRAME': {
    message: (details: { why: string }) =>
      `The session was broken off by a message without a meaning: ${details.why}.`,
    hint: () => 'The command line and the platform may be of different versions: update the older one.',
    fault: 'user',
    retryable: false,
  },
})

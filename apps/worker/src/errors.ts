import { errorTable } from '@berth/domain'

export const workerError = errorTable({
  'WORKER.CLOSING': {
    message: () => 'The worker is being restarted.',
    hint: () => 'What it was doing is taken up again when it is back.',
    fault: 'system',
    retryable: true,
  },
  'WORKER.JOB_LOST': {
    message: (details: { what: string }) =>
      `The ${details.what} was interrupted and nobody took it up again.`,
    hint: () => 'Nothing was changed. Push again.',
    fault: 'system',
    retryable: true,
  },
  'WORKER.NO_ROOM_FOR_SECRETS': {
    message: (details: { mostBytes: number }) =>
      `The secret files of all running apps are more than ${details.mostBytes / 1024 / 1024} MB.`,
    hint: () => 'Nothing was changed. Remove secret files that nobody needs: berth config file unset NAME',
    fault: 'user',
    retryable: true,
  },
  'BUILD.CANCELLED': {
    message: () => 'The build was cancelled.',
    hint: () => 'Nothing was changed. Push again to build.',
    fault: 'user',
    retryable: true,
  },
  'BUILD.SUPERSEDED': {
    message: () => 'A newer build of this app took the place of this one.',
    hint: () => 'Nothing was built. The newer one deploys when its turn comes.',
    fault: 'user',
    retryable: true,
  },
  'BUILD.JOB_TIMED_OUT': {
    message: () => 'The build took longer than a build may.',
    hint: () => 'Look at what its log says last, and push again.',
    fault: 'user',
    retryable: true,
  },
})

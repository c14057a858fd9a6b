import { errorTable, printable } from '@berth/domain'

export const oneOffError = errorTable({
  'ONE_OFF.NOTHING_LIVE': {
    message: (details: { app: string }) =>
      `Nothing of ${details.app} is live yet, so there is nothing to run in.`,
    hint: () => 'Deploy it first: git push berth main',
    fault: 'user',
    retryable: false,
  },
  'ONE_OFF.NO_COMMAND': {
    message: () => 'There is no command to run.',
    hint: () => 'Say one, for example: berth run -- ls -l',
    fault: 'user',
    retryable: false,
  },
  'ONE_OFF.NO_SHELL': {
    message: () => 'The image has no shell, and the Procfile no `console:`.',
    hint: () =>
      'Add a line like `console: bin/rails console` to the Procfile, or run a program of the image: berth run -- PROGRAM',
    fault: 'user',
    retryable: false,
  },
  'ONE_OFF.NO_INSTANCE': {
    message: (details: { instance: string }) =>
      `There is no running instance ${printable(details.instance)}.`,
    hint: () => '`berth ps` lists those that run.',
    fault: 'user',
    retryable: false,
  },
  'ONE_OFF.NOT_FOUND': {
    message: (details: { name: string }) => `No one-off instance ${printable(details.name)} is running.`,
    hint: () => '`berth ps` lists what runs; what has ended is gone.',
    fault: 'user',
    retryable: false,
  },
  'ONE_OFF.TOO_MANY': {
    message: (details: { limit: number }) =>
      `The app already has ${details.limit} one-off instances and sessions.`,
    hint: () => 'Wait for one to end, or end one: berth ps kill run.1',
    fault: 'user',
    retryable: true,
  },
  'ONE_OFF.MACHINE_FULL': {
    message: (details: { limit: number }) =>
      `The machine already runs ${details.limit} one-off instances and sessions.`,
    hint: () => 'Try again when some of them have ended.',
    fault: 'system',
    retryable: true,
  },
  'ONE_OFF.TIMED_OUT': {
    message: (details: { timeoutMs: number }) =>
      `It was ended: it ran longer than ${inWords(details.timeoutMs)}.`,
    hint: () => 'Give it more time with --timeout, or let it do less at once.',
    fault: 'user',
    retryable: false,
  },
})

function inWords(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  if (ms % 60_000 === 0) return `${ms / 60_000} min`
  return `${Math.round(ms / 1000)} s`
}

import { errorTable, printable } from '@berth/domain'

export const portError = errorTable({
  'PORT.INVALID': {
    message: (details: { given: string }) => `${printable(details.given)} is no port.`,
    hint: () => 'A port is a number, with its protocol or without: 5432/tcp',
    fault: 'user',
    retryable: false,
  },
  'PORT.ONLY_TCP': {
    message: () => 'Only TCP ports can lead to apps.',
    hint: () =>
      'UDP knows no connections: nobody could tell when an old instance has answered everything, and a deployment would lose packets. TCP or the web port can be had.',
    fault: 'user',
    retryable: false,
  },
  'PORT.OUT_OF_RANGE': {
    message: (details: { port: number; range: string }) =>
      `The port ${details.port} is not among those that apps may have here (${details.range}).`,
    hint: () => 'Choose one of them, or ask whoever runs the platform: BERTH_APP_PORTS says which there are.',
    fault: 'user',
    retryable: false,
  },
  'PORT.NONE_ALLOWED': {
    message: () => 'Apps have no ports of their own on this platform.',
    hint: () => 'Ask whoever runs it: BERTH_APP_PORTS says which there are.',
    fault: 'user',
    retryable: false,
  },
  'PORT.IN_USE': {
    message: (details: { port: number }) =>
      `Something else on this machine listens on port ${details.port} already.`,
    hint: () => 'Choose another: which one people connect to and where the app listens (--to) may differ.',
    fault: 'user',
    retryable: false,
  },
  'PORT.TOO_MANY': {
    message: (details: { most: number }) => `An app has at most ${details.most} ports.`,
    hint: () => 'Remove one that is not needed: berth ports remove PORT',
    fault: 'user',
    retryable: false,
  },
  'PORT.NOT_FOUND': {
    message: (details: { port: number }) => `The app does not have the port ${details.port}.`,
    hint: () => '`berth ports` lists those it has.',
    fault: 'user',
    retryable: false,
  },
})

import { errorTable, printable } from '@berth/domain'

type HaproxyWords = { words: string }

export const routeError = errorTable({
  'ROUTE.TABLE_INVALID': {
    message: (details: { routeId: string; reason: string }) =>
      `The route ${printable(details.routeId)} cannot be taken over: ${details.reason}.`,
    hint: () => 'Nothing was changed. The routes that were there still are.',
    fault: 'system',
    retryable: false,
  },
  'ROUTE.CONFIGURATION_REFUSED': {
    message: (details: HaproxyWords) => `HAProxy refuses the new configuration: ${shortened(details.words)}`,
    hint: () => 'Nothing was changed. The configuration that was there is still in place.',
    fault: 'system',
    retryable: false,
  },
  'ROUTE.NOT_ANSWERING': {
    message: (details: { socket: 'admin' | 'master'; reason: string }) =>
      `HAProxy does not answer at its ${details.socket} socket: ${details.reason}.`,
    hint: () => 'It is started again by its supervisor, and then comes up with the newest routes.',
    fault: 'system',
    retryable: true,
  },
  'ROUTE.NOT_RELOADED': {
    message: (details: { limitMs: number }) =>
      `HAProxy did not come up with the new configuration within ${details.limitMs} ms.`,
    hint: () => 'The old routes still work. What HAProxy printed says why.',
    fault: 'system',
    retryable: true,
  },
  'ROUTE.TARGET_EXISTS': {
    message: (details: HaproxyWords) => `The target is there already: ${shortened(details.words)}`,
    hint: () => 'Applying the routes again settles it.',
    fault: 'system',
    retryable: true,
  },
  'ROUTE.TARGET_UNKNOWN': {
    message: (details: HaproxyWords) => `HAProxy knows no such target: ${shortened(details.words)}`,
    hint: () => 'Applying the routes again settles it.',
    fault: 'system',
    retryable: true,
  },
  'ROUTE.TARGET_BUSY': {
    message: (details: HaproxyWords) => `The target still has connections: ${shortened(details.words)}`,
    hint: () => 'It is forgotten once they have ended.',
    fault: 'system',
    retryable: true,
  },
  'ROUTE.CERTIFICATE_REFUSED': {
    message: (details: { id: string } & HaproxyWords) =>
      `HAProxy refuses the certificate ${printable(details.id)}: ${shortened(details.words)}`,
    hint: () =>
      'Everything else was changed. Its hosts are shown the certificate that they had, or the default one.',
    fault: 'system',
    retryable: false,
  },
  'ROUTE.PORT_IN_USE': {
    message: (details: { port: number }) =>
      `Something else on this machine listens on port ${details.port}, so it does not lead to its app.`,
    hint: () => 'Everything else was changed. It is taken up by itself once the port is free.',
    fault: 'user',
    retryable: true,
  },
  'ROUTE.COMMAND_REFUSED': {
    message: (details: HaproxyWords) => `HAProxy refused a change: ${shortened(details.words)}`,
    hint: () =>
      'Applying the routes again settles it, unless HAProxy is another version than Berth was made for.',
    fault: 'system',
    retryable: true,
  },
})

function shortened(words: string): string {
  return words.trim().replace(/\s+/g, ' ').slice(0, 600) || '(no words)'
}

import { errorTable, printable } from '@berth/domain'
import { cleanLine } from '../clean-text.ts'
import { privateAddressRefused } from '../private-address.ts'

export const drainError = errorTable({
  'DRAIN.INVALID': {
    message: (details: { what: string; expected: string }) =>
      `The ${details.what} must be ${details.expected}.`,
    hint: () =>
      'A drain is syslog+tls://HOST:PORT, syslog+tcp://HOST:PORT, or an address that begins with https://.',
    fault: 'user',
    retryable: false,
  },
  'DRAIN.TOO_MANY': {
    message: (details: { most: number }) => `An app may have ${details.most} drains.`,
    hint: () => 'Remove one that is not needed: berth drains remove ID',
    fault: 'user',
    retryable: false,
  },
  'DRAIN.NOT_FOUND': {
    message: (details: { id: string }) => `The app has no drain ${printable(details.id)}.`,
    hint: () => '`berth drains` lists them.',
    fault: 'user',
    retryable: false,
  },
  'DRAIN.ADDRESS_REFUSED': privateAddressRefused,
  'DRAIN.REFUSED': {
    message: (details: { host: string; answer: string }) =>
      `${printable(details.host)} does not take the log: ${cleanLine(details.answer)}.`,
    hint: () => 'Check the address and its headers; a drain is changed by removing it and adding it anew.',
    fault: 'user',
    retryable: true,
  },
  'DRAIN.NOT_DELIVERED': {
    message: (details: { host: string; reason: string }) =>
      `${printable(details.host)} was not reached: ${cleanLine(details.reason)}.`,
    hint: () => 'It is tried again, with growing pauses. What is printed meanwhile waits in the app’s log.',
    fault: 'user',
    retryable: true,
  },
})

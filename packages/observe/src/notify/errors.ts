import { errorTable, printable } from '@berth/domain'
import { cleanLine } from '../clean-text.ts'
import { privateAddressRefused } from '../private-address.ts'

export const notificationError = errorTable({
  'NOTIFICATION.TARGET_INVALID': {
    message: (details: { what: string; expected: string }) =>
      `The ${details.what} must be ${details.expected}.`,
    hint: () => 'Correct it and add the target again.',
    fault: 'user',
    retryable: false,
  },
  'NOTIFICATION_TARGET.NOT_FOUND': {
    message: (details: { id: string }) => `The team has no notification target ${printable(details.id)}.`,
    hint: () => '`berth notifications` lists them.',
    fault: 'user',
    retryable: false,
  },
  'NOTIFICATION.TOO_MANY_TARGETS': {
    message: (details: { most: number }) => `A team may have ${details.most} notification targets.`,
    hint: () => 'Remove one that is not needed: berth notifications remove ID',
    fault: 'user',
    retryable: false,
  },
  'NOTIFICATION.TEST_TOO_OFTEN': {
    message: () => 'This target got many notifications in the last ten minutes.',
    hint: () => 'Wait a few minutes, then test it again.',
    fault: 'user',
    retryable: true,
  },
  'NOTIFICATION.ADDRESS_REFUSED': privateAddressRefused,
  'NOTIFICATION.REFUSED': {
    message: (details: { host: string; answer: string }) =>
      `${printable(details.host)} does not take the notification: ${cleanLine(details.answer)}.`,
    hint: () => 'Check the address; a webhook that was removed there must be made anew.',
    fault: 'user',
    retryable: false,
  },
  'NOTIFICATION.NOT_DELIVERED': {
    message: (details: { host: string; reason: string }) =>
      `${printable(details.host)} did not take the notification: ${cleanLine(details.reason)}.`,
    hint: () => 'Berth tries again by itself.',
    fault: 'system',
    retryable: true,
  },
})

import { errorTable, printable } from '@berth/domain'

const remake = 'Make the archive again, and look at where it comes from.'

export const archiveError = errorTable({
  'ARCHIVE.INVALID': {
    message: (details: { reason: string; path?: string }) =>
      details.path === undefined
        ? `The archive cannot be read: ${details.reason}.`
        : `The archive cannot be read at ${printable(details.path)}: ${details.reason}.`,
    hint: () => remake,
    fault: 'user',
    retryable: false,
  },
  'ARCHIVE.UNSAFE_PATH': {
    message: (details: { path: string }) => `The archive holds an unsafe path: ${printable(details.path)}.`,
    hint: () => 'Nothing was written outside. An archive that holds `..` in a path is not accepted.',
    fault: 'user',
    retryable: false,
  },
  'ARCHIVE.TOO_LARGE': {
    message: (details: { what: string; limit: number }) =>
      `The archive unpacks to more than ${details.limit.toLocaleString('en')} ${details.what}.`,
    hint: () => 'Leave out what the image does not need.',
    fault: 'user',
    retryable: false,
  },
  'ARCHIVE.NO_SPACE': {
    message: () => 'The disk is full: there is no room for the archive.',
    hint: () => 'Make room, for example with `berth image prune`, and try again.',
    fault: 'system',
    retryable: true,
  },
  'ARCHIVE.NOT_WRITTEN': {
    message: (details: { path: string; reason: string }) =>
      `${printable(details.path)} could not be written: ${details.reason}.`,
    hint: () => 'Nothing of it was left. Choose another place, or make room, and try again.',
    fault: 'user',
    retryable: false,
  },
})

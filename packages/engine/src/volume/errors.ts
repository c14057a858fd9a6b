import { errorTable, printable } from '@berth/domain'

/** What can go wrong with volumes. */
export const volumeError = errorTable({
  'VOLUME.NOT_FOUND': {
    message: (details: { name: string }) => `There is no volume ${printable(details.name)}.`,
    hint: () => 'List the volumes to see which there are.',
    fault: 'user',
    retryable: false,
  },
  'VOLUME.INVALID': {
    message: (details: { name: string }) => `${printable(details.name)} is not a name for a volume.`,
    hint: () => 'Use letters, digits, `.`, `_` and `-`, beginning with a letter or a digit; at most 200.',
    fault: 'user',
    retryable: false,
  },
  'VOLUME.IN_USE': {
    message: (details: { name: string; container: string }) =>
      `The volume ${printable(details.name)} belongs to the container ${printable(details.container)}.`,
    hint: () => 'Remove the container first, if what the volume holds is not needed any more.',
    fault: 'user',
    retryable: false,
  },
  'VOLUME.QUOTA_UNSUPPORTED': {
    message: () => 'This file system cannot limit the size of a directory.',
    hint: () => 'Leave the limit out, and keep what may grow on a disk of its own.',
    fault: 'system',
    retryable: false,
  },
})

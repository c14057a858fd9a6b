import { errorTable, printable } from '@berth/domain'
import type { QuotaRefusal } from '../quota/refusal.ts'

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
    message: ({ reason }: QuotaRefusal) =>
      `What a volume holds cannot be limited on this machine: ${reason}.`,
    hint: ({ hint }: QuotaRefusal) => hint,
    fault: 'system',
    retryable: false,
  },
  'VOLUME.INVALID_LIMIT': {
    message: (details: { what: 'bytes' | 'files'; given: number; least: number }) =>
      `${details.given} is not a limit for the ${details.what} of a volume.`,
    hint: ({ least }: { what: 'bytes' | 'files'; given: number; least: number }) =>
      `Give a whole number of at least ${least}.`,
    fault: 'user',
    retryable: false,
  },
  'VOLUME.LIMIT_BELOW_USE': {
    message: (details: { name: string; what: 'bytes' | 'files'; used: number }) =>
      `The volume ${printable(details.name)} holds ${details.used} ${details.what} already.`,
    hint: () => 'Remove something from it first, or give it a higher limit.',
    fault: 'user',
    retryable: false,
  },
  'VOLUME.OTHER_LIMITS': {
    message: (details: { name: string }) =>
      `There is a volume ${printable(details.name)} already, and its limits are others.`,
    hint: () => 'Change them with `berth engine volume resize`, or leave them out.',
    fault: 'user',
    retryable: false,
  },
  'VOLUME.MOUNTED': {
    message: (details: { name: string; container: string }) =>
      `The volume ${printable(details.name)} has never been counted, and the container ${printable(details.container)} runs with it.`,
    hint: () =>
      'Stop the container, set the limit, and start it again. Later changes can be made while it runs.',
    fault: 'user',
    retryable: true,
  },
  'VOLUME.FULL': {
    message: (details: { name: string }) =>
      `What the image has for the volume ${printable(details.name)} is more than the volume may hold.`,
    hint: () => 'Give the volume a higher limit with `berth engine volume resize`.',
    fault: 'user',
    retryable: false,
  },
})

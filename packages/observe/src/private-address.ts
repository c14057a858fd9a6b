import { printable } from '@berth/domain'

/** The row of an error table for an address that teams may not have the worker call, whatever it was to be called for. */
export const privateAddressRefused = {
  message: ({ host }: { host: string }) =>
    `${printable(host)} is an address of this machine or of a private network.`,
  hint: () =>
    'The machine’s administrator can allow it: BERTH_PRIVATE_HOSTS=HOST:PORT, then start Berth again.',
  fault: 'user',
  retryable: false,
} as const

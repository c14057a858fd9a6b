import { errorTable } from '@berth/domain'

export const remoteError = errorTable({
  'ENGINE.NOT_REACHED': {
    message: (details: { socket: string }) => `No engine answers at ${details.socket}.`,
    hint: () => 'Start the platform with `berth up`, or wait until it has started.',
    fault: 'system',
    retryable: true,
  },
  'ENGINE.REMOTE_BROKEN': {
    message: () => 'The connection to the engine broke off.',
    hint: () => 'The engine’s process may have ended: `berth up` tells why. Try again once it runs.',
    fault: 'system',
    retryable: true,
  },
  'ENGINE.SILENT': {
    message: (details: { silenceMs: number }) =>
      `The engine has said nothing for ${details.silenceMs / 1000} s: its process stands still, or hangs.`,
    hint: () =>
      'Look at what `berth up` prints, and at the machine’s load. What was asked for may have been done.',
    fault: 'system',
    retryable: true,
  },
  'ENGINE.UNKNOWN_CALL': {
    message: (details: { method: string }) => `The engine knows no call ${details.method}.`,
    hint: () => 'The command and the running platform are of different versions: restart the platform.',
    fault: 'system',
    retryable: false,
  },
})

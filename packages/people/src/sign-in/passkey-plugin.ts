import { passkey } from '@better-auth/passkey'
import { APIError } from 'better-auth/api'

/**
 * A passkey signs in by itself, so it has to have asked for the person as well: a fingerprint, a face, a PIN. The plugin
 * asks browsers to, and lets answers pass without; this does not.
 */
export function passkeyPlugin({ host, origins }: { host: string; origins: readonly string[] }) {
  return passkey({
    rpID: host,
    rpName: 'Berth',
    origin: [...origins],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: async ({ verification }) => {
        assertVerified(verification.registrationInfo?.userVerified)
      },
    },
    authentication: {
      afterVerification: async ({ verification }) => {
        assertVerified(verification.authenticationInfo.userVerified)
      },
    },
  })
}

function assertVerified(userVerified: boolean | undefined): void {
  if (userVerified !== true)
    throw new APIError('UNAUTHORIZED', {
      code: 'USER_NOT_VERIFIED',
      message: 'The passkey did not ask who you are: use one with a PIN, a fingerprint or a face.',
    })
}

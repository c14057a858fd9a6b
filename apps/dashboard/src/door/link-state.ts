import 'server-only'
import { tokenHash } from '@berth/people/random-token.ts'
import { parts } from '../wiring.ts'

export type LinkState = 'valid' | 'used' | 'expired' | 'unknown' | 'missing'

/** How it stands with a one-time link. Asking does not use it up. */
export async function linkState(token: unknown, purpose: 'owner' | 'sign-in'): Promise<LinkState> {
  if (token === undefined || token === '') return 'missing'
  if (typeof token !== 'string' || token.length > 200) return 'unknown'
  return (await parts()).stores.people.linkState(tokenHash(token), purpose)
}

import { requestHeader } from '../door/request-header.ts'
import { forgetStored } from './stored.ts'

/** Ends this browser's session and leaves nothing of the pages behind. */
export async function signOut(): Promise<void> {
  await fetch('/api/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json', [requestHeader]: '1' },
    body: '{}',
  }).catch(() => undefined) // The page that follows shows whether it worked.
  forgetStored('recent')
  location.assign('/sign-in')
}

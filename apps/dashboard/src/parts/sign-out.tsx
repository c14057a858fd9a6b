'use client'

import { Button } from '@berth/ui'
import { useState } from 'react'
import { requestHeader } from '../door/request-header.ts'

/** Ends this browser's session and leaves nothing of the pages behind. */
export function SignOut({ className }: { className?: string }) {
  const [busy, setBusy] = useState(false)
  const signOut = async () => {
    setBusy(true)
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', [requestHeader]: '1' },
      body: '{}',
    }
    await fetch('/api/auth/sign-out', options).catch(() => undefined) // The page that follows shows whether it worked.
    location.assign('/sign-in')
  }
  return (
    <Button look="quiet" size="small" onClick={signOut} busy={busy} className={className}>
      Sign out
    </Button>
  )
}

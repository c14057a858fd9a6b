'use client'

import { Button } from '@berth/ui'
import { useState } from 'react'
import { signOut } from '../live/sign-out.ts'

export function SignOut({ className }: { className?: string }) {
  const [busy, setBusy] = useState(false)
  const leave = () => {
    setBusy(true)
    signOut()
  }
  return (
    <Button look="quiet" size="small" onClick={leave} busy={busy} className={className}>
      Sign out
    </Button>
  )
}

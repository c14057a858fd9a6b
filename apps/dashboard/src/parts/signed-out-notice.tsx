'use client'

import { Button, Notice } from '@berth/ui'
import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'
import { changes } from '../live/changes.ts'

/** The session ended somewhere else. What is on the page, a draft among it, stays until one goes on. */
export function SignedOutNotice() {
  const [isSignedOut, setSignedOut] = useState(false)
  const path = usePathname()
  useEffect(() => changes.whenSignedOut(() => setSignedOut(true)), [])
  if (!isSignedOut) return null
  return (
    <div className="mx-auto w-full max-w-6xl px-6 pt-6 max-sm:px-4" role="alert">
      <Notice tone="warn" title="You are signed out">
        <span className="flex flex-wrap items-center justify-between gap-3">
          What you see is no longer kept up to date.
          <Button asChild size="small">
            {/* Loaded anew: nothing that was read as somebody stays. */}
            <a href={`/sign-in?next=${encodeURIComponent(path)}`}>Sign in</a>
          </Button>
        </span>
      </Notice>
    </div>
  )
}

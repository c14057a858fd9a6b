'use client'

import type { ErrorRecord } from '@berth/domain'
import { Button, useHydrated } from '@berth/ui'
import { useEffect, useRef, useState } from 'react'
import { enter } from '../live/enter.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'

export function UseLink({ token }: { token: string }) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ErrorRecord | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const hydrated = useHydrated()
  useEffect(() => {
    if (hydrated) button.current?.focus()
  }, [hydrated])
  const use = async () => {
    setBusy(true)
    setFailure(null)
    const failed = await enter('/api/sign-in-link', { token })
    if (failed === null) return location.replace('/')
    setFailure(failed)
    setBusy(false)
  }
  return (
    <OpenPage title="Sign in with this link" lead="It works once, in this browser.">
      {failure && <FailureNotice failure={failure} />}
      <Button look="primary" onClick={use} busy={busy} ref={button}>
        Sign in
      </Button>
    </OpenPage>
  )
}

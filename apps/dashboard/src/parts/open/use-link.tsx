'use client'

import { Button, useHydrated } from '@berth/ui'
import { useEffect, useRef } from 'react'
import { enter } from '../../live/enter.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { leaveFor } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'
import { useAttempt } from './use-attempt.ts'

export function UseLink({ token }: { token: string }) {
  const { busy, refused, begin } = useAttempt()
  const button = useRef<HTMLButtonElement>(null)
  const hydrated = useHydrated()
  useEffect(() => {
    if (hydrated) button.current?.focus()
  }, [hydrated])
  const take = () => begin('link', () => enter('/api/sign-in-link', { token }), leaveFor('/'))
  return (
    <OpenPage title="Sign in with this link" lead="It works once, in this browser.">
      {refused && <FailureNotice failure={refused} />}
      <Button look="primary" onClick={take} busy={busy !== null} ref={button}>
        Sign in
      </Button>
    </OpenPage>
  )
}

'use client'

import { Button, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../live/ask-auth.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'

const notTaken = {
  message: 'The password was not set.',
  hint: 'The link works once, for an hour; ask for a new one. The password needs 10 characters or more.',
}

export function ResetPassword({ token }: { token: string }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const newPassword = String(new FormData(event.currentTarget).get('password'))
    setBusy(true)
    setRefused(null)
    const answer = await askAuth('reset-password', { token, newPassword }, notTaken)
    // A whole new page: the one-time token leaves the address and the history.
    if (answer.ok) return location.replace('/sign-in')
    setRefused(answer.refusal)
    setBusy(false)
  }
  return (
    <OpenPage title="A new password" lead="You are signed out everywhere, and sign in with it.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          autoFocus
          minLength={10}
          maxLength={128}
          hint="10 characters or more. Long is what counts."
        />
        {refused && <FailureNotice failure={refused} />}
        <Button type="submit" look="primary" busy={busy}>
          Set the password
        </Button>
      </form>
    </OpenPage>
  )
}

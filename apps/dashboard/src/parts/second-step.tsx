'use client'

import { Button, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../live/ask-auth.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'

const wrongCode = {
  message: 'This code is not, or not any more, the right one.',
  hint: 'Type the one that the authenticator shows now, or a recovery code that was not used yet.',
}

/** Behind the password: the authenticator's code, or one of the recovery codes. */
export function SecondStep({ next }: { next: string }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).trim()
    setBusy(true)
    setRefused(null)
    const answer = await askAuth(
      `two-factor/${/^\d{6}$/.test(code) ? 'verify-totp' : 'verify-backup-code'}`,
      { code },
      wrongCode,
    )
    if (answer.ok) return location.assign(next)
    setRefused(answer.refusal)
    setBusy(false)
  }
  return (
    <OpenPage title="One more step" lead="Your account asks for a code as well.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Code"
          name="code"
          autoComplete="one-time-code"
          hint="Six digits of your authenticator, or a recovery code."
          required
          autoFocus
          mono
        />
        {refused && <FailureNotice failure={refused} />}
        <Button type="submit" look="primary" busy={busy}>
          Sign in
        </Button>
      </form>
    </OpenPage>
  )
}

'use client'

import { Button, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../live/ask-auth.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'

const notAnAddress = { message: 'This is no e-mail address.', hint: 'Check it and try again.' }

/** What it says is the same for an address that nobody has. */
export function ForgotPassword() {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const [sentTo, setSentTo] = useState<string | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const email = String(new FormData(event.currentTarget).get('email'))
    setBusy(true)
    setRefused(null)
    const answer = await askAuth('request-password-reset', { email }, notAnAddress)
    if (answer.ok) setSentTo(email)
    else setRefused(answer.refusal)
    setBusy(false)
  }
  if (sentTo !== null) {
    return (
      <OpenPage
        title="Look into your mail"
        lead={`If there is an account for ${sentTo}, a link is on its way. It works once, for an hour.`}
      />
    )
  }
  return (
    <OpenPage title="A new password" lead="A link to set one comes by mail.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="E-mail address" name="email" type="email" autoComplete="username" required autoFocus />
        {refused && <FailureNotice failure={refused} />}
        <Button type="submit" look="primary" busy={busy}>
          Send the link
        </Button>
      </form>
    </OpenPage>
  )
}

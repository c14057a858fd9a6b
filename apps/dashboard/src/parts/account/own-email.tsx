'use client'

import { Button, Field, Notice, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../../live/ask-auth.ts'
import { FailureNotice } from '../failure-notice.tsx'

const notTaken = { message: 'This address was not taken.', hint: 'Check it, or use another.' }

/** It changes when the former address and the new one have agreed, by mail. */
export function OwnEmail({ email, sendsMail }: { email: string; sendsMail: boolean }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const [askedFor, setAskedFor] = useState<string | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const newEmail = String(new FormData(event.currentTarget).get('email'))
    setBusy(true)
    setRefused(null)
    const answer = await askAuth('change-email', { newEmail, callbackURL: '/account' }, notTaken)
    if (answer.ok) setAskedFor(newEmail)
    else setRefused(answer.refusal)
    setBusy(false)
  }
  if (!sendsMail) {
    return (
      <Section
        title="E-mail address"
        description="You sign in with it. To change it, this platform would have to send mail, and it sends none yet."
      >
        <p className="break-words">{email}</p>
      </Section>
    )
  }
  return (
    <Section
      title="E-mail address"
      description={`You sign in with ${email}. Another counts once its mail was answered.`}
    >
      <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <Field label="New address" name="email" type="email" required autoComplete="email" />
        {refused && <FailureNotice failure={refused} />}
        {askedFor !== null && (
          <Notice tone="good" title="Look into your mail.">
            The change to {askedFor} waits for your answer there.
          </Notice>
        )}
        <div>
          <Button type="submit" busy={busy}>
            Ask for the change
          </Button>
        </div>
      </form>
    </Section>
  )
}

'use client'

import { Field } from '@berth/ui'
import { useState } from 'react'
import { askAuth } from '../../live/ask-auth.ts'
import { OpenForm } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'

const notAnAddress = { message: 'This is no e-mail address.', hint: 'Check it and try again.' }

/** What it says is the same for an address that nobody has. */
export function ForgotPassword() {
  const [email, setEmail] = useState('')
  const [isSent, setSent] = useState(false)
  if (isSent) {
    return (
      <OpenPage
        title="Look into your mail"
        lead={`If there is an account for ${email}, a link is on its way. It works once, for an hour.`}
      />
    )
  }
  return (
    <OpenPage title="A new password" lead="A link to set one comes by mail.">
      <OpenForm
        button="Send the link"
        onGiven={async () => {
          const answer = await askAuth('request-password-reset', { email }, notAnAddress)
          return answer.ok ? null : answer.refusal
        }}
        onDone={() => setSent(true)}
      >
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </OpenForm>
    </OpenPage>
  )
}

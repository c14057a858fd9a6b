'use client'

import { Button, CheckField, CodeBlock, Field, Said, type SaidText, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../../live/ask-auth.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { NewPasswordField } from '../open/new-password-field.tsx'

const notTaken = {
  message: 'The password was not changed.',
  hint: 'Check the one that you have now. The new one needs 10 characters or more.',
}

export function Password({ email, isSet }: { email: string; isSet: boolean }) {
  return isSet ? <ChangePassword email={email} /> : <NoPassword email={email} />
}

function ChangePassword({ email }: { email: string }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const [said, setSaid] = useState<SaidText | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const revokeOtherSessions = form.get('others') !== null
    const given = { currentPassword: form.get('current'), newPassword: form.get('new'), revokeOtherSessions }
    setBusy(true)
    setRefused(null)
    setSaid(null)
    const answer = await askAuth('change-password', given, notTaken)
    setBusy(false)
    if (!answer.ok) return setRefused(answer.refusal)
    element.reset()
    const more = revokeOtherSessions ? 'Every other browser is signed out.' : undefined
    setSaid({ title: 'The new password counts from now on.', more })
  }
  return (
    <Section title="Password">
      <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field label="Password now" name="current" type="password" autoComplete="current-password" required />
        <NewPasswordField label="New password" name="new" />
        <CheckField
          label="Sign out everywhere else"
          hint="API tokens and SSH keys stay."
          name="others"
          defaultChecked
        />
        {refused && <FailureNotice failure={refused} />}
        <Said said={said} onRead={() => setSaid(null)} />
        <div>
          <Button type="submit" busy={busy}>
            Change the password
          </Button>
        </div>
      </form>
    </Section>
  )
}

function NoPassword({ email }: { email: string }) {
  return (
    <Section
      title="Password"
      description="You have none: you sign in another way. Whoever runs the machine can make a link that sets one:"
    >
      <CodeBlock code={`sudo berth account reset-password ${email}`} label="Command" prompt />
    </Section>
  )
}

'use client'

import type { ErrorRecord } from '@berth/domain'
import { Button, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { enter } from '../live/enter.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'

/** The first account. It owns the team, and with it the platform. */
export function Welcome({ token }: { token: string }) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ErrorRecord | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const given = (name: string) => String(form.get(name) ?? '')
    setBusy(true)
    setFailure(null)
    const failed = await enter('/api/welcome', {
      token,
      name: given('name'),
      email: given('email'),
      password: given('password'),
    })
    // A whole new page: the one-time token leaves the address and the history.
    if (failed === null) return location.replace('/')
    setFailure(failed)
    setBusy(false)
  }
  return (
    <OpenPage
      title="Welcome aboard"
      lead="Make the first account. It owns this Berth. Nobody can register by themselves."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" name="name" autoComplete="name" required autoFocus maxLength={80} />
        <Field label="E-mail address" name="email" type="email" autoComplete="email" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          maxLength={128}
          hint="10 characters or more. Long is what counts."
        />
        {failure && <FailureNotice failure={failure} />}
        <Button type="submit" look="primary" busy={busy}>
          Make the account
        </Button>
      </form>
    </OpenPage>
  )
}

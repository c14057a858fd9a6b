'use client'

import type { ErrorRecord } from '@berth/domain'
import { Button, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { enter } from '../live/enter.ts'
import { failureIn, trpc } from '../live/trpc.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'

type Invited = { token: string; team: string; email: string; role: string; signedIn: boolean }

export function AcceptInvitation({ token, team, email, role, signedIn }: Invited) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ErrorRecord | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setFailure(null)
    const failed = signedIn ? await accept(token) : await enter('/api/invitation', accountOf(token, form))
    // A whole new page: the one-time token leaves the address and the history.
    if (failed === null) return location.replace('/')
    setFailure(failed)
    setBusy(false)
  }
  return (
    <OpenPage title={`Join the team ${team}`} lead={`${email} is invited as ${role}.`}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {!signedIn && (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <Field label="Name" name="name" autoComplete="name" required autoFocus maxLength={80} />
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
          </>
        )}
        {failure && <FailureNotice failure={failure} />}
        <Button type="submit" look="primary" busy={busy}>
          {signedIn ? 'Join' : 'Make the account and join'}
        </Button>
      </form>
    </OpenPage>
  )
}

async function accept(token: string): Promise<ErrorRecord | null> {
  try {
    await trpc.members.accept.mutate({ token })
    return null
  } catch (error) {
    return failureIn(error)
  }
}

function accountOf(token: string, form: FormData): Record<string, string> {
  return { token, name: String(form.get('name') ?? ''), password: String(form.get('password') ?? '') }
}

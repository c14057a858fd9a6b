'use client'

import type { ErrorRecord } from '@berth/domain'
import { Field } from '@berth/ui'
import { enter } from '../../live/enter.ts'
import { failureIn, trpc } from '../../live/trpc.ts'
import { NewPasswordField } from './new-password-field.tsx'
import { leaveFor, OpenForm } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'

type Invited = { token: string; team: string; email: string; role: string; signedIn: boolean }

export function AcceptInvitation({ token, team, email, role, signedIn }: Invited) {
  return (
    <OpenPage title={`Join the team ${team}`} lead={`${email} is invited as ${role}.`}>
      <OpenForm
        button={signedIn ? 'Join' : 'Make the account and join'}
        onGiven={(given) =>
          signedIn
            ? accept(token)
            : enter('/api/invitation', { token, name: given('name'), password: given('password') })
        }
        onDone={leaveFor('/')}
      >
        {!signedIn && (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <Field label="Name" name="name" autoComplete="name" required autoFocus maxLength={80} />
            <NewPasswordField />
          </>
        )}
      </OpenForm>
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

'use client'

import { askAuth } from '../../live/ask-auth.ts'
import { NewPasswordField } from './new-password-field.tsx'
import { leaveFor, OpenForm } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'

const notTaken = {
  message: 'The password was not set.',
  hint: 'The link works once, for an hour; ask for a new one. The password needs 10 characters or more.',
}

export function ResetPassword({ token }: { token: string }) {
  return (
    <OpenPage title="A new password" lead="You are signed out everywhere, and sign in with it.">
      <OpenForm
        button="Set the password"
        onGiven={async (given) => {
          const answer = await askAuth('reset-password', { token, newPassword: given('password') }, notTaken)
          return answer.ok ? null : answer.refusal
        }}
        onDone={leaveFor('/sign-in')}
      >
        <NewPasswordField label="New password" autoFocus />
      </OpenForm>
    </OpenPage>
  )
}

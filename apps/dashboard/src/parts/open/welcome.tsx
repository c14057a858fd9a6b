'use client'

import { Field } from '@berth/ui'
import { enter } from '../../live/enter.ts'
import { NewPasswordField } from './new-password-field.tsx'
import { leaveFor, OpenForm } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'

/** The first account. It owns the team, and with it the platform. */
export function Welcome({ token }: { token: string }) {
  return (
    <OpenPage
      title="Welcome aboard"
      lead="Make the first account. It owns this Berth. Nobody can register by themselves."
    >
      <OpenForm
        button="Make the account"
        onGiven={(given) => {
          const account = { name: given('name'), email: given('email'), password: given('password') }
          return enter('/api/welcome', { token, ...account })
        }}
        onDone={leaveFor('/')}
      >
        <Field label="Name" name="name" autoComplete="name" required autoFocus maxLength={80} />
        <Field label="E-mail address" name="email" type="email" autoComplete="email" required />
        <NewPasswordField />
      </OpenForm>
    </OpenPage>
  )
}

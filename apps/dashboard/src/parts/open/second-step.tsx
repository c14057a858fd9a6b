'use client'

import { Field } from '@berth/ui'
import { askAuth } from '../../live/ask-auth.ts'
import { OpenForm } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'

const wrongCode = {
  message: 'This code is not, or not any more, the right one.',
  hint: 'Type the one that the authenticator shows now, or a recovery code that was not used yet.',
}

/** Behind the password: the authenticator's code, or one of the recovery codes. */
export function SecondStep({ next }: { next: string }) {
  return (
    <OpenPage title="One more step" lead="Your account asks for a code as well.">
      <OpenForm
        button="Sign in"
        onGiven={async (given) => {
          const code = given('code').trim()
          const kind = /^\d{6}$/.test(code) ? 'verify-totp' : 'verify-backup-code'
          const answer = await askAuth(`two-factor/${kind}`, { code }, wrongCode)
          return answer.ok ? null : answer.refusal
        }}
        onDone={() => location.assign(next)}
      >
        <Field
          label="Code"
          name="code"
          autoComplete="one-time-code"
          hint="Six digits of your authenticator, or a recovery code."
          required
          autoFocus
          mono
        />
      </OpenForm>
    </OpenPage>
  )
}

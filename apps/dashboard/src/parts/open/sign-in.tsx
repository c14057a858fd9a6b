'use client'

import { Button, CodeBlock, Disclosure, Field } from '@berth/ui'
import Link from 'next/link'
import { useRef, useState } from 'react'
import { type AuthAnswer, askAuth, type Refusal } from '../../live/ask-auth.ts'
import { signInWithPasskey } from '../../live/passkeys.ts'
import { OpenForm } from './open-form.tsx'
import { OpenPage } from './open-page.tsx'
import { SecondStep } from './second-step.tsx'
import { useAttempt } from './use-attempt.ts'

type SignInProps = {
  next: string
  providers: { id: string; name: string }[]
  /** A provider has sent somebody back without letting them in. */
  refused: Refusal | null
}

const wrongPassword = {
  message: 'Address and password do not match.',
  hint: 'Check both. Passwords tell capitals from small letters.',
}
const providerAway = { message: 'This provider does not answer.', hint: 'Try again shortly.' }

export function SignIn({ next, providers, refused }: SignInProps) {
  const attempt = useAttempt(refused)
  const [step, setStep] = useState<'password' | 'code'>('password')
  const asksCode = useRef(false)
  if (step === 'code') return <SecondStep next={next} />
  const enter = () => location.assign(next)
  return (
    <OpenPage title="Sign in">
      <OpenForm
        button="Sign in"
        attempt={attempt}
        onGiven={async (given) => {
          const answer = await byPassword(given('email'), given('password'))
          if (!answer.ok) return answer.refusal
          asksCode.current = answer.body.twoFactorRedirect === true
          return null
        }}
        onDone={() => (asksCode.current ? setStep('code') : enter())}
      >
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username webauthn"
          required
          autoFocus
        />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      </OpenForm>
      <div className="flex flex-col gap-2">
        <Button
          onClick={() => attempt.begin('passkey', signInWithPasskey, enter)}
          busy={attempt.busy === 'passkey'}
        >
          Sign in with a passkey
        </Button>
        {providers.map(({ id, name }) => (
          <Button
            key={id}
            onClick={() => attempt.begin(id, () => byProvider(id, next), enter)}
            busy={attempt.busy === id}
          >
            Sign in with {name}
          </Button>
        ))}
      </div>
      <Disclosure summary="Forgotten the password?">
        <div className="flex flex-col gap-2">
          <p className="text-sm text-muted">
            <Link href="/forgot-password" className="underline">
              Have a link sent to your address
            </Link>
            , or make one that signs you in once, on the machine itself:
          </p>
          <CodeBlock code="sudo berth account link you@example.com" label="Command" prompt />
        </div>
      </Disclosure>
    </OpenPage>
  )
}

function byPassword(email: string, password: string): Promise<AuthAnswer> {
  return askAuth('sign-in/email', { email, password }, wrongPassword)
}

/** Leads to the provider, and from there back to where one wanted to go. */
async function byProvider(provider: string, next: string): Promise<Refusal | null> {
  const given = { provider, callbackURL: next, errorCallbackURL: '/sign-in', disableRedirect: true }
  const answer = await askAuth('sign-in/social', given, providerAway)
  if (!answer.ok) return answer.refusal
  location.assign(String(answer.body.url))
  // The page is on its way.
  return await new Promise<never>(() => undefined)
}

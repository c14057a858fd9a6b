'use client'

import { Button, CodeBlock, Disclosure, Field } from '@berth/ui'
import Link from 'next/link'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../live/ask-auth.ts'
import { signInWithPasskey } from '../live/passkeys.ts'
import { FailureNotice } from './failure-notice.tsx'
import { OpenPage } from './open-page.tsx'
import { SecondStep } from './second-step.tsx'

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

export function SignIn({ next, providers, refused: before }: SignInProps) {
  const [busy, setBusy] = useState<string | null>(null)
  const [refused, setRefused] = useState<Refusal | null>(before)
  const [asksCode, setAsksCode] = useState(false)
  const attempt = async (way: string, enter: () => Promise<Refusal | 'code' | null>) => {
    setBusy(way)
    setRefused(null)
    const outcome = await enter()
    if (outcome === null) return location.assign(next)
    if (outcome === 'code') setAsksCode(true)
    else setRefused(outcome)
    setBusy(null)
  }
  if (asksCode) return <SecondStep next={next} />
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    return attempt('password', () => byPassword(String(form.get('email')), String(form.get('password'))))
  }
  return (
    <OpenPage title="Sign in">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username webauthn"
          required
          autoFocus
        />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        {refused && <FailureNotice failure={refused} />}
        <Button type="submit" look="primary" busy={busy === 'password'}>
          Sign in
        </Button>
      </form>
      <div className="flex flex-col gap-2">
        <Button onClick={() => attempt('passkey', signInWithPasskey)} busy={busy === 'passkey'}>
          Sign in with a passkey
        </Button>
        {providers.map(({ id, name }) => (
          <Button key={id} onClick={() => attempt(id, () => byProvider(id, next))} busy={busy === id}>
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

async function byPassword(email: string, password: string): Promise<Refusal | 'code' | null> {
  const answer = await askAuth('sign-in/email', { email, password }, wrongPassword)
  if (!answer.ok) return answer.refusal
  return answer.body.twoFactorRedirect === true ? 'code' : null
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

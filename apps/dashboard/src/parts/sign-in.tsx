'use client'

import { Button, CodeBlock, Disclosure, Field, Notice } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { OpenPage } from './open-page.tsx'

type Refusal = { title: string; hint: string }

export function SignIn({ next }: { next: string }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setRefused(null)
    const refusal = await ask(String(form.get('email')), String(form.get('password')))
    if (refusal === null) return location.assign(next)
    setRefused(refusal)
    setBusy(false)
  }
  return (
    <OpenPage title="Sign in">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="E-mail address" name="email" type="email" autoComplete="username" required autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        {refused && (
          <Notice tone="bad" title={refused.title}>
            {refused.hint}
          </Notice>
        )}
        <Button type="submit" look="primary" busy={busy}>
          Sign in
        </Button>
      </form>
      <Disclosure summary="Forgotten the password?">
        <div className="flex flex-col gap-2">
          <p className="text-sm text-muted">On the machine itself, make a link that signs you in once:</p>
          <CodeBlock code="sudo berth account link you@example.com" label="Command" prompt />
        </div>
      </Disclosure>
    </OpenPage>
  )
}

async function ask(email: string, password: string): Promise<Refusal | null> {
  try {
    const answer = await fetch('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    return answer.ok ? null : refusalFor(answer)
  } catch {
    return { title: 'Berth does not answer.', hint: 'Check the connection and try again.' }
  }
}

function refusalFor(answer: Response): Refusal {
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get('retry-after')) || 60
    return {
      title: 'Too many attempts.',
      hint: `Try again in ${seconds} s, or use a link made at the machine.`,
    }
  }
  if (answer.status >= 500)
    return { title: 'Signing in does not work at the moment.', hint: 'Try again shortly.' }
  if (answer.status === 403) {
    return {
      title: 'This address is not the dashboard’s own.',
      hint: 'Open it at the address that Berth printed.',
    }
  }
  return {
    title: 'Address and password do not match.',
    hint: 'Check both. Passwords tell capitals from small letters.',
  }
}

'use client'

import { Button, Card, CodeBlock, Field, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../live/ask-auth.ts'
import { addPasskey } from '../live/passkeys.ts'
import { FailureNotice } from './failure-notice.tsx'

type Begun = { uri: string; recoveryCodes: string[] }

const wrongPassword = { message: 'The password is not right.', hint: 'Check it and try again.' }
const wrongCode = { message: 'The code is not right.', hint: 'Type the one that is shown now.' }

/** An authenticator, asked for behind the password, and passkeys, which stand in its place. */
export function SecondFactor() {
  const [begun, setBegun] = useState<Begun | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const attempt = async (work: () => Promise<Refusal | null>, done: string | null) => {
    setRefused(null)
    setSaid(null)
    const failed = await work()
    setRefused(failed)
    if (failed === null && done !== null) setSaid(done)
  }
  return (
    <Section
      title="Second factor"
      description="Behind the password a code from an authenticator, or a passkey in place of both."
    >
      <Card className="flex flex-col gap-4 p-5">
        {begun === null ? (
          <AskPassword onGiven={(password) => attempt(() => begin(password, setBegun), null)} />
        ) : (
          <ConfirmCode
            begun={begun}
            onGiven={(code) =>
              attempt(async () => {
                const failed = await confirm(code)
                if (failed === null) setBegun(null)
                return failed
              }, 'The authenticator is asked for from now on.')
            }
          />
        )}
        <Button onClick={() => attempt(() => addPasskey('passkey'), 'The passkey signs you in from now on.')}>
          Add a passkey
        </Button>
        {refused && <FailureNotice failure={refused} />}
        {said && <output className="text-sm">{said}</output>}
      </Card>
    </Section>
  )
}

function AskPassword({ onGiven }: { onGiven: (password: string) => Promise<void> }) {
  return (
    <OneField
      label="Your password"
      name="password"
      type="password"
      onGiven={onGiven}
      button="Set up an authenticator"
    />
  )
}

function ConfirmCode({ begun, onGiven }: { begun: Begun; onGiven: (code: string) => Promise<void> }) {
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-muted">Give this to the authenticator, then type the code that it shows.</p>
      <CodeBlock code={begun.uri} label="For the authenticator" />
      <p className="text-sm text-muted">
        Keep these recovery codes elsewhere: each signs you in once, without the authenticator.
      </p>
      <CodeBlock code={begun.recoveryCodes.join('\n')} label="Recovery codes" />
      <OneField label="Code" name="code" onGiven={onGiven} button="Confirm" />
    </div>
  )
}

type OneFieldProps = {
  label: string
  name: string
  type?: string
  button: string
  onGiven: (value: string) => Promise<void>
}

function OneField({ label, name, type = 'text', button, onGiven }: OneFieldProps) {
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    await onGiven(String(new FormData(event.currentTarget).get(name)))
    setBusy(false)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label={label} name={name} type={type} autoComplete="off" required />
      <Button type="submit" busy={busy}>
        {button}
      </Button>
    </form>
  )
}

async function begin(password: string, onBegun: (begun: Begun) => void): Promise<Refusal | null> {
  const answer = await askAuth('two-factor/enable', { password }, wrongPassword)
  if (!answer.ok) return answer.refusal
  onBegun({ uri: String(answer.body.totpURI), recoveryCodes: answer.body.backupCodes as string[] })
  return null
}

async function confirm(code: string): Promise<Refusal | null> {
  const answer = await askAuth('two-factor/verify-totp', { code }, wrongCode)
  return answer.ok ? null : answer.refusal
}

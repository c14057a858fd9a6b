'use client'

import { Button, Card, CopyField, Disclosure, Field } from '@berth/ui'
import dynamic from 'next/dynamic'
import { type FormEvent, useState } from 'react'
import { askAuth, type Refusal } from '../../live/ask-auth.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { AskPassword } from './ask-password.tsx'
import { withPassword } from './authenticator.tsx'

const QrCode = dynamic(() => import('@berth/ui/qr-code.tsx').then((module) => module.QrCode), {
  loading: () => <div className="size-48 rounded-md border border-line bg-sunken" />,
})

const wrongPassword: Refusal = { message: 'The password is not right.', hint: 'Check it and try again.' }
const wrongCode: Refusal = { message: 'The code is not right.', hint: 'Type the one that is shown now.' }

type Begun = { uri: string; recoveryCodes: string[] }

type SetUpProps = {
  hasPassword: boolean
  onCancel: () => void
  /** With the recovery codes, which are shown this once. */
  onDone: (recoveryCodes: string[]) => void
}

/** First the password, then the secret for the app, then a code from it: it counts from then on. */
export function SetUpAuthenticator({ hasPassword, onCancel, onDone }: SetUpProps) {
  const [begun, setBegun] = useState<Begun | null>(null)
  const begin = async (password: string | null) => {
    const answer = await askAuth('two-factor/enable', withPassword(password), wrongPassword)
    if (!answer.ok) return answer.refusal
    setBegun({ uri: String(answer.body.totpURI), recoveryCodes: answer.body.backupCodes as string[] })
    return null
  }
  return (
    <Card className="p-5">
      {begun === null ? (
        <AskPassword
          isAsked={hasPassword}
          look="primary"
          button="Set up an authenticator"
          onGiven={begin}
          onCancel={onCancel}
        />
      ) : (
        <ConfirmCode uri={begun.uri} onConfirmed={() => onDone(begun.recoveryCodes)} onCancel={onCancel} />
      )}
    </Card>
  )
}

type ConfirmCodeProps = { uri: string; onConfirmed: () => void; onCancel: () => void }

function ConfirmCode({ uri, onConfirmed, onCancel }: ConfirmCodeProps) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).replace(/\s/g, '')
    setBusy(true)
    setRefused(null)
    const answer = await askAuth('two-factor/verify-totp', { code }, wrongCode)
    if (answer.ok) return onConfirmed()
    setRefused(answer.refusal)
    setBusy(false)
  }
  return (
    <div className="flex gap-x-8 gap-y-5 max-sm:flex-col">
      <QrCode text={uri} label="For the camera of the authenticator" />
      <div className="flex min-w-0 flex-1 flex-col gap-5">
        <p className="text-muted">
          Scan this with the authenticator, then type the six digits that it shows.
        </p>
        <Disclosure summary="No camera at hand?">
          <div className="flex flex-col gap-3">
            <CopyField value={secretIn(uri)} label="the key" />
            <CopyField value={uri} label="the address for the authenticator" />
          </div>
        </Disclosure>
        <form onSubmit={submit} className="flex max-w-xs flex-col gap-4">
          <Field
            label="Code"
            name="code"
            mono
            required
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
          />
          {refused && <FailureNotice failure={refused} />}
          <div className="flex gap-2">
            <Button type="submit" look="primary" busy={busy}>
              Confirm
            </Button>
            <Button onClick={onCancel}>Cancel</Button>
          </div>
        </form>
      </div>
    </div>
  )
}

/** To type by hand, where there is no camera. */
function secretIn(uri: string): string {
  return new URL(uri).searchParams.get('secret') ?? ''
}

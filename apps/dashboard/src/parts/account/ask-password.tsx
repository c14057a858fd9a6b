'use client'

import { Button, type ButtonProps, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import type { Refusal } from '../../live/ask-auth.ts'
import { FailureNotice } from '../failure-notice.tsx'

type AskPasswordProps = {
  /** False: there is none to ask for. */
  isAsked: boolean
  button: string
  look: ButtonProps['look']
  /** Null: it was done. */
  onGiven: (password: string | null) => Promise<Refusal | null>
  onCancel: () => void
}

/** Before what makes an account less safe, or shows a secret: whoever finds a browser open does not get further. */
export function AskPassword({ isAsked, button, look, onGiven, onCancel }: AskPasswordProps) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = isAsked ? String(new FormData(event.currentTarget).get('password')) : null
    setBusy(true)
    setRefused(null)
    const failed = await onGiven(password)
    // What was done may have closed this.
    if (failed === null) return
    setRefused(failed)
    setBusy(false)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {isAsked && (
        <Field
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
        />
      )}
      {refused && <FailureNotice failure={refused} />}
      <div className="flex gap-2">
        <Button type="submit" look={look} busy={busy}>
          {button}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  )
}

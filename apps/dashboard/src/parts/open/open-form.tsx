'use client'

import { Button } from '@berth/ui'
import type { FormEvent, ReactNode } from 'react'
import type { Refusal } from '../../live/ask-auth.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { type Attempt, useAttempt } from './use-attempt.ts'

type OpenFormProps = {
  button: string
  /** What was typed, by the names of the fields. Null: it was taken. */
  onGiven: (given: (name: string) => string) => Promise<Refusal | null>
  /** It was taken: leads on. */
  onDone: () => void
  /** Where there are other ways in beside the form. */
  attempt?: Attempt
  children?: ReactNode
}

/** The form of an open page: its fields, why it was refused, and one button. */
export function OpenForm({ button, onGiven, onDone, attempt: shared, children }: OpenFormProps) {
  const own = useAttempt()
  const attempt = shared ?? own
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    return attempt.begin(button, () => onGiven((name) => String(form.get(name) ?? '')), onDone)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {children}
      {attempt.refused && <FailureNotice failure={attempt.refused} />}
      <Button type="submit" look="primary" busy={attempt.busy === button}>
        {button}
      </Button>
    </form>
  )
}

/** A whole new page: the one-time token leaves the address and the history. */
export function leaveFor(path: string): () => void {
  return () => location.replace(path)
}

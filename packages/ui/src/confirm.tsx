'use client'

import { type ReactNode, useState } from 'react'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { DialogForm } from './form-dialog.tsx'

type ConfirmProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** What is about to happen: `Remove shop`. */
  title: string
  /** What it means, and what it does not touch. */
  description: ReactNode
  /** What the button does, in words: `Remove for good`. */
  action: string
  /** What the way out does: `Keep it`. */
  keep?: string
  /** Has to be typed, for what cannot be undone. */
  name?: { label: string; value: string }
  busy: boolean
  /** What went wrong, in place. */
  failure?: ReactNode
  /** With what was typed. */
  onConfirm: (typed: string) => void
}

/** The last question before something goes. What cannot be undone asks for its name. */
export function Confirm({ open, onOpenChange, title, description, ...rest }: ConfirmProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={description}>
      <Question {...rest} onCancel={() => onOpenChange(false)} />
    </Dialog>
  )
}

type QuestionProps = Omit<ConfirmProps, 'open' | 'onOpenChange' | 'title' | 'description'> & {
  onCancel: () => void
}

function Question({ action, keep = 'Keep it', name, busy, failure, onConfirm, onCancel }: QuestionProps) {
  const [typed, setTyped] = useState('')
  return (
    <DialogForm
      action={action}
      keep={keep}
      danger
      busy={busy}
      disabled={name !== undefined && typed.trim() !== name.value}
      failure={failure}
      onSubmit={() => onConfirm(typed.trim())}
      onCancel={onCancel}
    >
      {name && (
        <Field
          label={
            <>
              {name.label}: <code className="font-mono font-normal text-muted">{name.value}</code>
            </>
          }
          mono
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
    </DialogForm>
  )
}

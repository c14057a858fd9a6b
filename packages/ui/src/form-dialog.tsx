'use client'

import type { FormEvent, ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

type DialogFormProps = {
  /** What the button does, in words: `Add the key`. */
  action: string
  /** What the way out does, in words. */
  keep?: string
  danger?: boolean
  busy?: boolean
  /** There is nothing to do yet. */
  disabled?: boolean
  /** What went wrong, in place. */
  failure?: ReactNode
  /** With the fields that have a name. */
  onSubmit: (form: FormData) => void
  onCancel: () => void
  children?: ReactNode
}

/** Fields inside a dialog, with one button that does it and one that leaves. */
export function DialogForm(props: DialogFormProps) {
  const { action, keep = 'Cancel', danger, busy, disabled, failure, onSubmit, onCancel, children } = props
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {children}
      {failure}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{keep}</Button>
        <Button type="submit" look={danger ? 'danger' : 'primary'} busy={busy} disabled={disabled}>
          {action}
        </Button>
      </div>
    </form>
  )
}

type FormDialogProps = Omit<DialogFormProps, 'onCancel'> & {
  title: string
  description?: ReactNode
  wide?: boolean
  onClose: () => void
}

/** A dialog that is a form. It is open as long as it is there: what was typed goes with it. */
export function FormDialog({ title, description, wide, onClose, ...form }: FormDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      wide={wide}
    >
      <DialogForm {...form} onCancel={onClose} />
    </Dialog>
  )
}

'use client'

import { AreaField, Button } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { isSubmit } from './is-submit.ts'

type ValueFormProps = {
  name: string
  /** Undefined: it is hidden. */
  initial: string | undefined
  /** Reads what is saved; null: there is nothing to read, or not by this person. */
  onShow: (() => Promise<string | undefined>) | null
  onSet: (value: string) => void
  onCancel: () => void
}

/** Another value for a variable that there is. What is saved is fetched only when it is asked for. */
export function ValueForm({ name, initial, onShow, onSet, onCancel }: ValueFormProps) {
  const [value, setValue] = useState(initial)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSet(value ?? '')
  }
  const show = async () => {
    const now = await onShow?.()
    if (now !== undefined) setValue(now)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <AreaField
        label={<code>{name}</code>}
        aria-label={`Value of ${name}`}
        rows={Math.min(8, (value ?? '').split('\n').length)}
        className="[&_textarea]:min-h-9"
        autoFocus
        autoComplete="off"
        value={value ?? ''}
        placeholder={value === undefined ? 'A new value; the one that is saved stays hidden' : 'empty'}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel()
          if (isSubmit(event)) event.currentTarget.form?.requestSubmit()
        }}
        onChange={(event) => setValue(event.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="small" look="primary" disabled={value === undefined}>
          Set
        </Button>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
        {value === undefined && onShow && (
          <Button size="small" look="quiet" onClick={show}>
            Show what is saved
          </Button>
        )}
      </div>
    </form>
  )
}

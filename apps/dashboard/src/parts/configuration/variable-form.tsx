'use client'

import { problemOfName } from '@berth/release/problem-of-name.ts'
import { AreaField, Button, Card, Field } from '@berth/ui'
import { type ClipboardEvent, type FormEvent, useState } from 'react'
import { isSubmit } from './is-submit.ts'

type VariableFormProps = {
  taken: readonly string[]
  onSet: (name: string, value: string) => void
  /** A whole .env was pasted where one name belongs. */
  onEnvText: (text: string) => void
  onCancel: () => void
}

export function VariableForm({ taken, onSet, onEnvText, onCancel }: VariableFormProps) {
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const [asked, setAsked] = useState(false)
  const problem = sayProblem(name, taken)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (problem === null) onSet(name, value)
  }
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text')
    if (!text.includes('=')) return
    event.preventDefault()
    onEnvText(text)
  }
  return (
    <Card className="p-4">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <Field
            label="Name"
            mono
            autoFocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={name}
            placeholder="DATABASE_URL"
            error={(asked || name.length > 2) && problem ? problem : null}
            hint="Paste NAME=value lines here to take over several."
            onPaste={paste}
            onChange={(event) => setName(event.target.value.trim())}
          />
          <AreaField
            label="Value"
            rows={Math.min(8, value.split('\n').length)}
            className="[&_textarea]:min-h-9"
            autoComplete="off"
            value={value}
            onKeyDown={(event) => isSubmit(event) && event.currentTarget.form?.requestSubmit()}
            onChange={(event) => setValue(event.target.value)}
          />
        </div>
        <div className="flex gap-2">
          <Button type="submit" size="small" look="primary">
            Add to the draft
          </Button>
          <Button size="small" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      </form>
    </Card>
  )
}

function sayProblem(name: string, taken: readonly string[]): string | null {
  if (taken.includes(name)) return `${name} is there already: edit it below.`
  const problem = problemOfName(name)
  if (problem === 'reserved') return `${name} is set by Berth itself. Choose another name.`
  return problem && 'Letters, digits and _, not beginning with a digit.'
}

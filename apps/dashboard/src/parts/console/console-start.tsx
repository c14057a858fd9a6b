'use client'

import { Button, Field, SelectField } from '@berth/ui'
import type { FormEvent } from 'react'
import { ownPlace, type Place } from './session-of.ts'

type Wish = { place: Place; command: string }
type StartProps = {
  wish: Wish
  /** The instances that can be entered. */
  running: readonly string[]
  busy: boolean
  onWish: (wish: Wish) => void
  onStart: () => void
}

/** Where, and what. */
export function ConsoleStart({ wish, running, busy, onWish, onStart }: StartProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onStart()
  }
  const places = [...new Set([...running, ...(wish.place === ownPlace ? [] : [wish.place])])].sort()
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3 max-sm:flex-col max-sm:items-stretch">
      <SelectField
        label="Where"
        value={wish.place}
        options={[
          ...places.map((name) => ({ value: name, words: name })),
          { value: ownPlace, words: 'A new one-off instance' },
        ]}
        onChange={(place) => onWish({ ...wish, place })}
        className="sm:w-60"
      />
      <Field
        label="Command"
        mono
        value={wish.command}
        placeholder="a shell"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={8_000}
        onChange={(event) => onWish({ ...wish, command: event.target.value })}
        className="min-w-0 flex-1"
      />
      <Button type="submit" look="primary" disabled={busy}>
        {wish.command.trim() === '' ? 'Open' : 'Run'}
      </Button>
    </form>
  )
}

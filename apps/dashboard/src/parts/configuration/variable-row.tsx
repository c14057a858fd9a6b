'use client'

import { Badge, CopyButton, EditIcon, EyeIcon, EyeOffIcon, IconButton, RemoveIcon, UndoIcon } from '@berth/ui'
import { useState } from 'react'
import { type DraftRow, type DraftState, forgetVariable, setVariables, unsetVariable } from './draft.ts'
import type { HeldDraft } from './use-draft.ts'
import type { HeldValues } from './use-values.ts'
import { ValueForm } from './value-form.tsx'

type VariableRowProps = {
  row: DraftRow
  held: HeldDraft
  seen: HeldValues
  mayRead: boolean
  mayChange: boolean
}

export function VariableRow({ row: { name, state }, held, seen, mayRead, mayChange }: VariableRowProps) {
  const [editing, setEditing] = useState(false)
  // Whoever uses a keyboard goes on where they were.
  const [last, setLast] = useState<'edit' | 'remove' | null>(null)
  const drafted = held.draft.set[name]
  const value = drafted ?? (state === 'removed' ? undefined : seen.values[name])
  if (editing)
    return (
      <li className="px-4 py-3">
        <ValueForm
          name={name}
          initial={value}
          onShow={state === 'new' || !mayRead ? null : async () => (await seen.reveal(name))?.[name]}
          onSet={(next) => {
            held.change((draft) => setVariables(draft, { [name]: next }))
            setEditing(false)
          }}
          onCancel={() => setEditing(false)}
        />
      </li>
    )
  const isSeen = seen.values[name] !== undefined
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
      <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <code
          className={`min-w-0 text-sm font-medium break-all ${state === 'removed' ? 'text-muted line-through' : ''}`}
        >
          {name}
        </code>
        <DraftBadge state={state} />
      </span>
      <Value value={value} isRemoved={state === 'removed'} />
      <span className="-mr-1.5 flex items-center justify-end max-sm:col-start-2 max-sm:row-start-1">
        {value !== undefined && <CopyButton text={value} label={`Copy the value of ${name}`} />}
        {mayRead && drafted === undefined && state !== 'removed' && (
          <IconButton
            label={isSeen ? `Hide ${name}` : `Reveal ${name}`}
            icon={isSeen ? <EyeOffIcon /> : <EyeIcon />}
            onClick={() => (isSeen ? seen.hide(name) : seen.reveal(name))}
          />
        )}
        {mayChange && state !== 'kept' && (
          <IconButton
            label={`Undo the change of ${name}`}
            icon={<UndoIcon />}
            autoFocus={state === 'removed' && last === 'remove'}
            onClick={() => held.change((draft) => forgetVariable(draft, name))}
          />
        )}
        {mayChange && state !== 'removed' && (
          <>
            <IconButton
              label={`Edit ${name}`}
              icon={<EditIcon />}
              autoFocus={last === 'edit'}
              onClick={() => {
                setEditing(true)
                setLast('edit')
              }}
            />
            <IconButton
              label={`Remove ${name}`}
              icon={<RemoveIcon />}
              danger
              onClick={() => {
                held.change((draft) => unsetVariable(draft, name, state !== 'new'))
                setLast('remove')
              }}
            />
          </>
        )}
      </span>
    </li>
  )
}

const badges = {
  new: { tone: 'good', word: 'new' },
  changed: { tone: 'accent', word: 'changed' },
  removed: { tone: 'warn', word: 'will be removed' },
} as const

export function DraftBadge({ state }: { state: DraftState }) {
  if (state === 'kept') return null
  return <Badge tone={badges[state].tone}>{badges[state].word}</Badge>
}

function Value({ value, isRemoved }: { value: string | undefined; isRemoved: boolean }) {
  if (isRemoved) return <span className="max-sm:hidden" />
  if (value === undefined)
    return (
      <span className="text-faint select-none max-sm:col-span-2">
        <span aria-hidden="true" className="tracking-widest">
          ••••••••
        </span>
        <span className="sr-only">hidden</span>
      </span>
    )
  if (value === '') return <span className="text-sm text-faint max-sm:col-span-2">empty</span>
  return (
    <code className="max-h-32 min-w-0 max-sm:col-span-2 overflow-y-auto text-sm break-all whitespace-pre-wrap">
      {value}
    </code>
  )
}

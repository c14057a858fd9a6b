'use client'

import { Dialog, DialogForm, Field } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'

const create = (team: { name: string }) => trpc.teams.create.mutate(team)

type Props = { open: boolean; onOpenChange: (open: boolean) => void }

/** A team is made by its name; whoever makes it owns it. */
export function NewTeam({ open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New team"
      description="You will own it. Apps, members and settings of one team are closed to the others."
    >
      <NameIt onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function NameIt({ onDone }: { onDone: () => void }) {
  const router = useRouter()
  const [name, setName] = useState('')
  const { run, busy, failure, clear } = useMutation(create)
  const submit = async () => {
    const made = await run({ name })
    if (made === undefined) return
    onDone()
    // By its id: its name may be another team's too, and the list here does not hold it yet.
    router.push(`/teams/${made.id}`)
  }
  return (
    <DialogForm
      action="Create team"
      busy={busy}
      disabled={name.trim() === ''}
      onSubmit={submit}
      onCancel={onDone}
    >
      <Field
        label="Name"
        required
        autoFocus
        autoComplete="off"
        maxLength={200}
        value={name}
        onChange={(event) => {
          setName(event.target.value)
          clear()
        }}
        error={failure && `${failure.message} ${failure.hint}`}
      />
    </DialogForm>
  )
}

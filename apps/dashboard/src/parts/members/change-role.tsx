'use client'

import type { MemberView, TeamView } from '@berth/api'
import type { Role } from '@berth/domain'
import { Button, ChoiceField, Dialog } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { roleOptions, roleWords } from './role-words.ts'

const setRole = (asked: { team: string; email: string; role: Role }) =>
  trpc.members.setRole.mutate(asked).then(() => true)

export type MemberDialogProps = {
  team: TeamView
  member: MemberView
  onDone: () => void
  onCancel: () => void
}

export function ChangeRole({ team, member, onDone, onCancel }: MemberDialogProps) {
  const [role, chooseRole] = useState(member.role)
  const { run, busy, failure } = useMutation(setRole)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await run({ team: team.id, email: member.email, role })) onDone()
  }
  return (
    <Dialog
      open
      onOpenChange={onCancel}
      title={`Role of ${member.name}`}
      description="Counts from their next click on. Nobody is signed out."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ChoiceField
          label="Role"
          value={role}
          options={roleOptions(member.mayBecome)}
          onChange={chooseRole}
        />
        {failure && <FailureNotice failure={failure} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy} disabled={role === member.role}>
            {role === member.role ? 'Save' : `Make ${roleWords[role].a}`}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

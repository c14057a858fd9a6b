'use client'

import type { MemberView, TeamView } from '@berth/api'
import type { Role } from '@berth/domain'
import { ChoiceField, FormDialog } from '@berth/ui'
import { useState } from 'react'
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
  const submit = async () => {
    if (await run({ team: team.id, email: member.email, role })) onDone()
  }
  return (
    <FormDialog
      title={`Role of ${member.name}`}
      description="Counts from their next click on. Nobody is signed out."
      action={role === member.role ? 'Save' : `Make ${roleWords[role].a}`}
      busy={busy}
      disabled={role === member.role}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onCancel}
    >
      <ChoiceField label="Role" value={role} options={roleOptions(member.mayBecome)} onChange={chooseRole} />
    </FormDialog>
  )
}

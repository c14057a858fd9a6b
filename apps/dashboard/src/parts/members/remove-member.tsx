'use client'

import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import type { MemberDialogProps } from './change-role.tsx'

export function RemoveMember({ team, member, onDone, onCancel }: MemberDialogProps) {
  return (
    <ConfirmChange
      title={`Remove ${member.name}`}
      description={`${member.name} sees nothing of ${team.name} any more, and pushes no more to its apps. Their account and what they did stay.`}
      action="Remove from the team"
      keep="Keep them"
      change={() => trpc.members.remove.mutate({ team: team.id, email: member.email })}
      onDone={onDone}
      onClose={onCancel}
    />
  )
}

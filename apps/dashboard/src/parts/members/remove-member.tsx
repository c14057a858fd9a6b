'use client'

import { Confirm } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import type { MemberDialogProps } from './change-role.tsx'

const remove = (asked: { team: string; email: string }) => trpc.members.remove.mutate(asked).then(() => true)

export function RemoveMember({ team, member, onDone, onCancel }: MemberDialogProps) {
  const { run, busy, failure } = useMutation(remove)
  return (
    <Confirm
      open
      onOpenChange={onCancel}
      title={`Remove ${member.name}`}
      description={`${member.name} sees nothing of ${team.name} any more, and pushes no more to its apps. Their account and what they did stay.`}
      action="Remove from the team"
      keep="Keep them"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onConfirm={async () => {
        if (await run({ team: team.id, email: member.email })) onDone()
      }}
    />
  )
}

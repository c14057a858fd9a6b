'use client'

import type { MemberView, TeamView } from '@berth/api'
import { Button, Confirm, Dialog } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const leave = (asked: { team: string }) => trpc.members.leave.mutate(asked)

type LeaveTeamProps = { team: TeamView; members: MemberView[]; onCancel: () => void }

/** A team keeps an owner: its last one is told so instead of being asked. */
export function LeaveTeam({ team, members, onCancel }: LeaveTeamProps) {
  const { run, busy, failure } = useMutation(leave)
  const owners = members.filter(({ role }) => role === 'owner')
  if (team.role === 'owner' && owners.length === 1) {
    return (
      <Dialog
        open
        onOpenChange={onCancel}
        title={`You are the last owner of ${team.name}`}
        description="A team keeps one owner at least. Make somebody else an owner first; then you can leave."
      >
        <div className="flex justify-end">
          <Button onClick={onCancel}>Stay</Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Confirm
      open
      onOpenChange={onCancel}
      title={`Leave ${team.name}`}
      description="You see nothing of it any more, and come back by an invitation alone."
      action="Leave the team"
      keep="Stay"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onConfirm={async () => {
        // A whole new page: everything around this one is of the team.
        if (await run({ team: team.id })) location.assign('/')
      }}
    />
  )
}

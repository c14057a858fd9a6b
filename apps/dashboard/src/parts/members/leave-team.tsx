'use client'

import type { MemberView, TeamView } from '@berth/api'
import { Button, Dialog } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'

type LeaveTeamProps = { team: TeamView; members: MemberView[]; onCancel: () => void }

/** A team keeps an owner: its last one is told so instead of being asked. */
export function LeaveTeam({ team, members, onCancel }: LeaveTeamProps) {
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
    <ConfirmChange
      title={`Leave ${team.name}`}
      description="You see nothing of it any more, and come back by an invitation alone."
      action="Leave the team"
      keep="Stay"
      change={() => trpc.members.leave.mutate({ team: team.id })}
      // A whole new page: everything around this one is of the team.
      onDone={() => location.assign('/')}
      onClose={onCancel}
    />
  )
}

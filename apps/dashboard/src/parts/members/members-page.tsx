'use client'

import type { MembersView, TeamView } from '@berth/api'
import { Button, Disclosure, PlusIcon } from '@berth/ui'
import { useSearchParams } from 'next/navigation'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { AsCommand } from '../as-command.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { PageTitle } from '../page.tsx'
import { Invitations } from './invitations.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberTable } from './member-table.tsx'
import { roleWords, sayRole } from './role-words.ts'

type MembersPageProps = { team: TeamView; initial: MembersView }

/** Who is in the team, as what, and who is asked to come. */
export function MembersPage({ team, initial }: MembersPageProps) {
  const { value, lost, readNow } = useLive(initial, () => trpc.members.list.query({ team: team.id }))
  const inviting = useSearchParams().has('invite')
  const mayInvite = value.mayInviteAs.length > 0
  return (
    <>
      <PageTitle
        action={
          mayInvite && (
            <Button look="primary" onClick={() => setInviting(true)}>
              <PlusIcon />
              Invite somebody
            </Button>
          )
        }
      >
        Members
      </PageTitle>
      <LostNotice lost={lost} />
      <MemberTable team={team} members={value.members} onChanged={readNow} />
      <Invitations team={team} view={value} onChanged={readNow} />
      <div className="flex flex-col gap-3">
        <Roles />
        <AsCommand
          commands={
            mayInvite
              ? ['berth members', 'berth members invite bob@example.com --role developer']
              : ['berth members']
          }
        />
      </div>
      <InviteDialog
        team={team}
        mayInviteAs={value.mayInviteAs}
        open={inviting}
        onOpenChange={setInviting}
        onInvited={readNow}
      />
    </>
  )
}

/** In the address, so that other pages can lead here. */
function setInviting(open: boolean): void {
  history.replaceState(null, '', open ? '?invite=1' : location.pathname)
}

function Roles() {
  return (
    <Disclosure summary="What each role may do">
      <dl className="grid max-w-3xl gap-x-6 gap-y-2 sm:grid-cols-[7rem_1fr]">
        {(['owner', 'admin', 'developer', 'viewer'] as const).map((role) => (
          <div key={role} className="contents">
            <dt className="font-medium">{sayRole(role)}</dt>
            <dd className="text-muted max-sm:mb-2">{roleWords[role].may}</dd>
          </div>
        ))}
      </dl>
    </Disclosure>
  )
}

'use client'

import type { InvitationView, MembersView, Outputs, TeamView } from '@berth/api'
import { Button, Dialog, Item, ItemList, RelativeTime, Section, UntilTime } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { invite, PassOn } from './invite-dialog.tsx'
import { roleWords } from './role-words.ts'

type InvitationsProps = { team: TeamView; view: MembersView; onChanged: () => void }

/** Those that can still be used. */
export function Invitations({ team, view, onChanged }: InvitationsProps) {
  if (view.invitations.length === 0) return null
  return (
    <Section title="Invitations" description="Each waits for one address, and counts once.">
      <ItemList label="Invitations">
        {view.invitations.map((invitation) => (
          <InvitationItem
            key={invitation.id}
            team={team}
            invitation={invitation}
            mayChange={view.mayInviteAs.includes(invitation.role)}
            onChanged={onChanged}
          />
        ))}
      </ItemList>
    </Section>
  )
}

type InvitationItemProps = {
  team: TeamView
  invitation: InvitationView
  mayChange: boolean
  onChanged: () => void
}

function InvitationItem({ team, invitation, mayChange, onChanged }: InvitationItemProps) {
  const { email, role, by, createdAt, expiresAt, mailed } = invitation
  const [revoking, setRevoking] = useState(false)
  return (
    <Item
      stacks
      title={email}
      mark={<span className="text-sm text-muted">as {roleWords[role].a}</span>}
      action={
        mayChange && (
          <>
            <NewLink team={team} invitation={invitation} onChanged={onChanged} />
            <Button size="small" look="danger" onClick={() => setRevoking(true)}>
              Take back
              <span className="sr-only"> the invitation of {email}</span>
            </Button>
          </>
        )
      }
    >
      <span>
        {mailed ? 'Mailed' : 'Made'}
        {by && ` by ${by}`} <RelativeTime at={createdAt} /> · ends <UntilTime at={expiresAt} />
      </span>
      {revoking && (
        <ConfirmChange
          title="Take the invitation back"
          description={`The link that ${email} was given opens nothing any more.`}
          action="Take it back"
          keep="Let it be"
          change={() => trpc.members.revoke.mutate({ team: team.id, email })}
          onDone={onChanged}
          onClose={() => setRevoking(false)}
        />
      )}
    </Item>
  )
}

/** Of a link only its digest is kept: who has lost it gets another, and the former ends. */
function NewLink({ team, invitation, onChanged }: Omit<InvitationItemProps, 'mayChange'>) {
  const [invited, setInvited] = useState<Outputs['members']['invite'] | null>(null)
  const { run, busy, failure, clear } = useMutation(invite)
  const { email, role, mailed } = invitation
  const renew = async () => setInvited((await run({ team: team.id, email, role })) ?? null)
  const done = () => {
    setInvited(null)
    clear()
    onChanged()
  }
  return (
    <>
      <Button size="small" busy={busy} onClick={renew}>
        {mailed ? 'Mail again' : 'New link'}
        <span className="sr-only"> for {email}</span>
      </Button>
      <Dialog
        open={invited !== null || failure !== null}
        onOpenChange={done}
        title={`Invitation of ${email}`}
        description="The link before this one counts no more."
      >
        {failure && <FailureNotice failure={failure} />}
        {invited && <PassOn invited={invited} onDone={done} />}
      </Dialog>
    </>
  )
}

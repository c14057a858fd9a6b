'use client'

import type { Outputs, TeamView } from '@berth/api'
import type { Role } from '@berth/domain'
import { Button, ChoiceField, CopyField, Dialog, DialogForm, Field, Notice, UntilTime } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { roleOptions } from './role-words.ts'

type Invited = Outputs['members']['invite']

export const invite = (asked: { team: string; email: string; role: Role }) =>
  trpc.members.invite.mutate(asked)

type InviteDialogProps = {
  team: TeamView
  mayInviteAs: Role[]
  open: boolean
  onOpenChange: (open: boolean) => void
  onInvited: () => void
}

export function InviteDialog({ team, mayInviteAs, open, onOpenChange, onInvited }: InviteDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Invite to ${team.name}`}
      description="For one address, once, for seven days."
    >
      <Invite
        team={team}
        mayInviteAs={mayInviteAs}
        onInvited={onInvited}
        onDone={() => onOpenChange(false)}
      />
    </Dialog>
  )
}

type InviteProps = Pick<InviteDialogProps, 'team' | 'mayInviteAs' | 'onInvited'> & { onDone: () => void }

function Invite({ team, mayInviteAs, onInvited, onDone }: InviteProps) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('developer')
  const [invited, setInvited] = useState<Invited | null>(null)
  const { run, busy, failure } = useMutation(invite)
  const submit = async () => {
    const made = await run({ team: team.id, email, role })
    if (made === undefined) return
    setInvited(made)
    onInvited()
  }
  if (invited) return <PassOn invited={invited} onDone={onDone} />
  return (
    <DialogForm
      action="Invite"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onCancel={onDone}
    >
      <Field
        label="E-mail address"
        type="email"
        required
        autoFocus
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <ChoiceField label="Role" value={role} options={roleOptions(mayInviteAs)} onChange={setRole} />
    </DialogForm>
  )
}

/** Where no mail is sent the link is shown, this once: only its digest is kept. */
export function PassOn({ invited, onDone }: { invited: Invited; onDone: () => void }) {
  const { email, link, expiresAt } = invited
  return (
    <div className="flex flex-col gap-4">
      {link === null ? (
        <Notice tone="good" title={`A mail is on its way to ${email}.`}>
          Its link works once, for that address alone, and ends <UntilTime at={expiresAt} />.
        </Notice>
      ) : (
        <Notice tone="accent" title={`Pass this link on to ${email}.`}>
          <div className="flex flex-col gap-3">
            <p>
              This platform sends no mail. The link works once, for that address alone, and ends{' '}
              <UntilTime at={expiresAt} />. It is not shown again.
            </p>
            <CopyField value={link} label="the link of the invitation" />
          </div>
        </Notice>
      )}
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  )
}

'use client'

import { Button, Confirm, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const remove = (confirmedEmail: string) => trpc.people.remove.mutate({ confirmedEmail })

export function DeleteAccount({ email }: { email: string }) {
  const [open, setOpen] = useState(false)
  const { run, busy, failure } = useMutation(remove)
  return (
    <Section
      title="Delete your account"
      className="border-t border-line pt-8"
      description="Your sessions, SSH keys, API tokens and places in teams end at once. Apps stay with their team, and what you did stays in its activity under your name."
    >
      <div>
        <Button look="danger" onClick={() => setOpen(true)}>
          Delete the account…
        </Button>
      </div>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title="Delete your account"
        description="This cannot be undone. You come back by a new invitation alone."
        name={{ label: 'Your e-mail address', value: email }}
        action="Delete it for good"
        keep="Keep it"
        busy={busy}
        failure={failure && <FailureNotice failure={failure} />}
        onConfirm={async (typed) => {
          // A whole new page: nobody is signed in any more.
          if (await run(typed)) location.assign('/sign-in')
        }}
      />
    </Section>
  )
}

'use client'

import { Button, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'

export function DeleteAccount({ email }: { email: string }) {
  const [open, setOpen] = useState(false)
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
      {open && (
        <ConfirmChange
          title="Delete your account"
          description="This cannot be undone. You come back by a new invitation alone."
          name={{ label: 'Your e-mail address', value: email }}
          action="Delete it for good"
          change={(confirmedEmail) => trpc.people.remove.mutate({ confirmedEmail })}
          // A whole new page: nobody is signed in any more.
          onDone={() => location.assign('/sign-in')}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  )
}

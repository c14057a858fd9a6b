'use client'

import { Button, Card, Confirm, Field, Item, ItemList, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import type { HeldRouting } from './use-routing.ts'

type PasswordProtectionProps = { routing: HeldRouting; mayChange: boolean }

/** A name and a password that every browser asks for. Passwords go in, and are shown to nobody again. */
export function PasswordProtection({ routing, mayChange }: PasswordProtectionProps) {
  const { value: app } = useApp()
  const [adding, setAdding] = useState(false)
  const [opening, setOpening] = useState(false)
  const { users } = routing.value
  const remove = (name: string) => routing.run(() => trpc.routing.removeUser.mutate({ app: app.name, name }))
  return (
    <Section
      title="Password protection"
      description={
        users === null
          ? 'Everybody may pass. With a first name and password, only those who know one do.'
          : 'Only who says one of these names with its password gets to the app; others get 401.'
      }
      action={
        mayChange &&
        !adding && (
          <Button size="small" onClick={() => setAdding(true)}>
            {users === null ? 'Protect with a password' : 'Add a name'}
          </Button>
        )
      }
    >
      {adding && <AddUser routing={routing} isFirst={users === null} onClose={() => setAdding(false)} />}
      {users !== null && users.length === 0 && (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          Nobody may pass now: add a name, or let everybody in.
        </p>
      )}
      {users !== null && users.length > 0 && (
        <ItemList label="Who may pass">
          {users.map((name) => (
            <Item
              key={name}
              title={name}
              action={
                mayChange && (
                  <Button
                    size="small"
                    look="danger"
                    busy={routing.busy}
                    aria-label={`Remove ${name}`}
                    onClick={() => remove(name)}
                  >
                    Remove
                  </Button>
                )
              }
            />
          ))}
        </ItemList>
      )}
      {routing.failure && !adding && !opening && <FailureNotice failure={routing.failure} />}
      {users !== null && mayChange && (
        <div>
          <Button size="small" onClick={() => setOpening(true)}>
            Let everybody in
          </Button>
        </div>
      )}
      <Confirm
        open={opening}
        onOpenChange={setOpening}
        title={`Let everybody in to ${app.name}`}
        description="The names and passwords are forgotten."
        action="Let everybody in"
        keep="Keep the protection"
        busy={routing.busy}
        failure={routing.failure && <FailureNotice failure={routing.failure} />}
        onConfirm={async () =>
          (await routing.run(() => trpc.routing.openToAll.mutate({ app: app.name }))) && setOpening(false)
        }
      />
    </Section>
  )
}

type AddUserProps = { routing: HeldRouting; isFirst: boolean; onClose: () => void }

function AddUser({ routing, isFirst, onClose }: AddUserProps) {
  const { value: app } = useApp()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const added = await routing.run(() => trpc.routing.addUser.mutate({ app: app.name, name, password }))
    if (added) onClose()
  }
  const cancel = () => {
    routing.clear()
    onClose()
  }
  return (
    <Card className="p-4">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field
            label="Name"
            required
            autoFocus
            autoComplete="off"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Field
            label="Password"
            type="password"
            required
            minLength={8}
            autoComplete="new-password"
            value={password}
            hint="Whoever guesses wrong twenty times waits ten minutes. Take a long one all the same."
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        {isFirst && (
          <p className="text-muted">From then on nobody reaches the app without a name and its password.</p>
        )}
        {routing.failure && <FailureNotice failure={routing.failure} />}
        <div className="flex gap-2">
          <Button type="submit" size="small" look="primary" busy={routing.busy}>
            {isFirst ? 'Protect the app' : 'Add'}
          </Button>
          <Button size="small" onClick={cancel}>
            Cancel
          </Button>
        </div>
      </form>
    </Card>
  )
}

'use client'

import type { RegistryView, TeamView } from '@berth/api'
import { Button, EmptyState, Field, FormDialog, Item, ItemList, RelativeTime, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { AsCommand } from '../as-command.tsx'
import { ConfirmChange } from '../confirm-change.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { LostNotice } from '../lost-notice.tsx'

type RegistriesProps = { team: TeamView; initial: RegistryView[] }

/** The accounts with which the team's builds fetch images and repositories that are not public. */
export function Registries({ team, initial }: RegistriesProps) {
  const { value, lost, readNow } = useLive(initial, () => trpc.registries.list.query({ team: team.id }))
  /** The host whose account is set; empty: another's. */
  const [setting, setSetting] = useState<string | null>(null)
  const mayChange = team.can.includes('team.registries.change')
  const addButton = mayChange && (
    <Button size="small" onClick={() => setSetting('')}>
      Add an account
    </Button>
  )
  return (
    <>
      <LostNotice lost={lost} />
      <Section
        title="Registries"
        description="Accounts with which this team’s apps fetch images and repositories that are not public."
        action={value.length > 0 && addButton}
      >
        {value.length === 0 ? (
          <EmptyState title="No accounts yet.">
            <p className="max-w-prose text-muted">
              Public images need none. For a private one, add the account of its registry: ghcr.io, docker.io,
              registry.example.com:5000.
            </p>
            {mayChange && <div>{addButton}</div>}
          </EmptyState>
        ) : (
          <ItemList label="Accounts at registries">
            {value.map((registry) => (
              <RegistryItem
                key={registry.host}
                {...{ team, registry, mayChange }}
                onSet={() => setSetting(registry.host)}
                onChanged={readNow}
              />
            ))}
          </ItemList>
        )}
      </Section>
      {mayChange && <AsCommand commands={['berth registry login ghcr.io', 'berth registry list']} />}
      {setting !== null && (
        <SetAccount team={team} host={setting} onDone={readNow} onClose={() => setSetting(null)} />
      )}
    </>
  )
}

type RegistryItemProps = {
  team: TeamView
  registry: RegistryView
  mayChange: boolean
  onSet: () => void
  onChanged: () => void
}

function RegistryItem({ team, registry, mayChange, onSet, onChanged }: RegistryItemProps) {
  const [removing, setRemoving] = useState(false)
  const { host, username, by, createdAt } = registry
  return (
    <Item
      stacks
      title={host}
      action={
        mayChange && (
          <>
            <Button size="small" onClick={onSet}>
              Change<span className="sr-only"> the account at {host}</span>
            </Button>
            <Button size="small" look="danger" onClick={() => setRemoving(true)}>
              Remove<span className="sr-only"> the account at {host}</span>
            </Button>
          </>
        )
      }
    >
      <span>
        As {username} · set{by && ` by ${by}`} <RelativeTime at={createdAt} />
      </span>
      {removing && (
        <ConfirmChange
          title={`Remove the account at ${host}`}
          description="Builds fetch from there as anybody would. What runs goes on."
          action="Remove"
          change={() => trpc.registries.remove.mutate({ team: team.id, host })}
          onDone={onChanged}
          onClose={() => setRemoving(false)}
        />
      )}
    </Item>
  )
}

const set = (asked: { team: string; host: string; username: string; password: string }) =>
  trpc.registries.set.mutate(asked)

type SetAccountProps = { team: TeamView; host: string; onDone: () => void; onClose: () => void }

function SetAccount({ team, host, onDone, onClose }: SetAccountProps) {
  const { run, busy, failure } = useMutation(set)
  const submit = async (form: FormData) => {
    const given = (name: string) => String(form.get(name) ?? '')
    const account = { host: given('host'), username: given('username'), password: given('password') }
    if ((await run({ team: team.id, ...account })) === undefined) return
    onDone()
    onClose()
  }
  return (
    <FormDialog
      title={host === '' ? 'Add an account' : `Account at ${host}`}
      description="The password is kept sealed and shown to nobody again."
      action="Save the account"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label="Registry"
        name="host"
        mono
        required
        maxLength={255}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={host}
        readOnly={host !== ''}
        placeholder="ghcr.io"
        hint="Its host, with a port where it has one."
      />
      <Field label="User name" name="username" required maxLength={256} autoComplete="off" />
      <Field
        label="Password or token"
        name="password"
        type="password"
        required
        maxLength={8192}
        autoComplete="new-password"
      />
    </FormDialog>
  )
}

'use client'

import type { DeployKeyView } from '@berth/api'
import {
  AreaField,
  Button,
  ChoiceField,
  Field,
  FormDialog,
  Item,
  ItemList,
  RelativeTime,
  Section,
} from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { ConfirmChange } from '../confirm-change.tsx'
import { FailureNotice } from '../failure-notice.tsx'

/** SSH keys that are nobody's: whoever holds one may push to this app, or fetch it, and nothing else. */
export function DeployKeys({ initial }: { initial: DeployKeyView[] }) {
  const { value: app } = useApp()
  const live = useLive(initial, () => trpc.deployKeys.list.query({ app: app.name }), { app: app.name })
  const [adding, setAdding] = useState(false)
  const mayChange = app.can.includes('app.keys.change')
  return (
    <Section
      title="Deploy keys"
      description="SSH keys for machines, such as the one that runs your tests: for this app alone."
      action={
        mayChange && (
          <Button size="small" onClick={() => setAdding(true)}>
            Add a deploy key
          </Button>
        )
      }
    >
      {live.value.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">None yet.</p>
      ) : (
        <ItemList label="Deploy keys">
          {live.value.map((key) => (
            <DeployKeyItem
              key={key.id}
              app={app.name}
              deployKey={key}
              {...{ mayChange }}
              onRemoved={live.readNow}
            />
          ))}
        </ItemList>
      )}
      {adding && <AddDeployKey app={app.name} onAdded={live.readNow} onClose={() => setAdding(false)} />}
    </Section>
  )
}

type DeployKeyItemProps = { app: string; deployKey: DeployKeyView; mayChange: boolean; onRemoved: () => void }

function DeployKeyItem({ app, deployKey, mayChange, onRemoved }: DeployKeyItemProps) {
  const [removing, setRemoving] = useState(false)
  const { id, name, fingerprint, mayPush, createdAt, lastUsedAt } = deployKey
  return (
    <Item
      title={name}
      mark={<span className="text-sm text-muted">{mayPush ? 'pushes and fetches' : 'fetches alone'}</span>}
      action={
        mayChange && (
          <Button size="small" look="danger" onClick={() => setRemoving(true)}>
            Remove<span className="sr-only"> the deploy key {name}</span>
          </Button>
        )
      }
    >
      <code className="truncate text-xs">{fingerprint}</code>
      <span>
        {lastUsedAt === null ? (
          'Never used'
        ) : (
          <>
            Used <RelativeTime at={lastUsedAt} />
          </>
        )}
        {' · added '}
        <RelativeTime at={createdAt} />
      </span>
      {removing && (
        <ConfirmChange
          title={`Remove the deploy key ${name}`}
          description="Whoever holds it neither pushes nor fetches any more."
          action="Remove"
          change={() => trpc.deployKeys.remove.mutate({ app, key: id })}
          onDone={onRemoved}
          onClose={() => setRemoving(false)}
        />
      )}
    </Item>
  )
}

const add = (asked: { app: string; name: string; publicKey: string; mayPush: boolean }) =>
  trpc.deployKeys.add.mutate(asked)

function AddDeployKey({ app, onAdded, onClose }: { app: string; onAdded: () => void; onClose: () => void }) {
  const [may, setMay] = useState<'push' | 'fetch'>('push')
  const { run, busy, failure } = useMutation(add)
  const submit = async (form: FormData) => {
    const given = (name: string) => String(form.get(name) ?? '')
    const asked = { app, name: given('name'), publicKey: given('key'), mayPush: may === 'push' }
    if ((await run(asked)) === undefined) return
    onAdded()
    onClose()
  }
  return (
    <FormDialog
      title="Add a deploy key"
      description="A key that nobody has in their account: make one for this with ssh-keygen."
      action="Add the key"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Name" name="name" maxLength={80} autoComplete="off" placeholder="ci" />
      <AreaField label="Public key" name="key" required placeholder="ssh-ed25519 AAAA… ci@example" />
      <ChoiceField
        label="Whoever holds it"
        value={may}
        options={[
          { value: 'push', words: 'Pushes and fetches', hint: 'A push deploys, as yours does.' },
          { value: 'fetch', words: 'Fetches alone' },
        ]}
        onChange={setMay}
      />
    </FormDialog>
  )
}

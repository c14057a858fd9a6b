'use client'

import type { KeyView } from '@berth/api'
import { Button, Card, Item, ItemList, RelativeTime, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import { AddKey } from './add-key.tsx'

export function SshKeys({ initial }: { initial: KeyView[] }) {
  const [keys, setKeys] = useState(initial)
  const [adding, setAdding] = useState(initial.length === 0)
  const added = (key: KeyView) => {
    setKeys((before) => [...before, key])
    setAdding(false)
  }
  return (
    <Section
      title="SSH keys"
      description="A push over SSH is yours when it is signed with one of these."
      action={
        !adding && (
          <Button size="small" onClick={() => setAdding(true)}>
            Add a key
          </Button>
        )
      }
    >
      {keys.length > 0 && (
        <ItemList label="SSH keys">
          {keys.map((key) => (
            <KeyItem
              key={key.id}
              sshKey={key}
              onRemoved={() => setKeys((before) => before.filter(({ id }) => id !== key.id))}
            />
          ))}
        </ItemList>
      )}
      {adding && (
        <Card className="p-5">
          <AddKey onAdded={added} named />
        </Card>
      )}
    </Section>
  )
}

function KeyItem({ sshKey, onRemoved }: { sshKey: KeyView; onRemoved: () => void }) {
  const [removing, setRemoving] = useState(false)
  const { id, name, fingerprint, lastUsedAt, createdAt } = sshKey
  return (
    <Item
      title={name}
      action={
        <Button size="small" look="danger" onClick={() => setRemoving(true)}>
          Remove<span className="sr-only"> the key {name}</span>
        </Button>
      }
    >
      <code className="truncate text-xs">{fingerprint}</code>
      <span>
        {lastUsedAt ? (
          <>
            Used <RelativeTime at={lastUsedAt} />
          </>
        ) : (
          'Never used'
        )}
        {' · added '}
        <RelativeTime at={createdAt} />
      </span>
      {removing && (
        <ConfirmChange
          title={`Remove the key ${name}`}
          description="Pushes that are signed with it are refused from now on."
          action="Remove"
          change={() => trpc.people.keys.remove.mutate({ id })}
          onDone={onRemoved}
          onClose={() => setRemoving(false)}
        />
      )}
    </Item>
  )
}

'use client'

import type { KeyView } from '@berth/api'
import { Button, Card, RelativeTime, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../live/trpc.ts'
import { useMutation } from '../live/use-mutation.ts'
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
        <ul className="divide-y divide-line rounded-md border border-line bg-surface">
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              sshKey={key}
              onRemoved={() => setKeys((before) => before.filter(({ id }) => id !== key.id))}
            />
          ))}
        </ul>
      )}
      {adding && (
        <Card className="p-5">
          <AddKey onAdded={added} named />
        </Card>
      )}
    </Section>
  )
}

const remove = (id: string) => trpc.people.keys.remove.mutate({ id }).then(() => true)

function KeyRow({ sshKey, onRemoved }: { sshKey: KeyView; onRemoved: () => void }) {
  const { run, busy, failure } = useMutation(remove)
  return (
    <li className="flex items-center justify-between gap-4 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium">{sshKey.name}</span>
        <code className="truncate text-xs text-muted">{sshKey.fingerprint}</code>
        <span className="text-sm text-muted">
          {sshKey.lastUsedAt ? (
            <>
              Used <RelativeTime at={sshKey.lastUsedAt} />
            </>
          ) : (
            'Never used'
          )}
          {' · added '}
          <RelativeTime at={sshKey.createdAt} />
        </span>
      </div>
      <div className="flex flex-col items-end gap-1">
        <Button
          size="small"
          look="danger"
          busy={busy}
          aria-label={`Remove the key ${sshKey.name}`}
          onClick={async () => (await run(sshKey.id)) && onRemoved()}
        >
          Remove
        </Button>
        {failure && <p className="text-sm text-bad">{failure.message}</p>}
      </div>
    </li>
  )
}

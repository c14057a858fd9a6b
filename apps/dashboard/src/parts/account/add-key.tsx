'use client'

import type { KeyView } from '@berth/api'
import { AreaField, Button, Field } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'

const add = (key: { name: string; publicKey: string }) => trpc.people.keys.add.mutate(key)

/** A form for one public key. */
export function AddKey({ onAdded, named }: { onAdded: (key: KeyView) => void; named?: boolean }) {
  const [publicKey, setPublicKey] = useState('')
  const [name, setName] = useState('')
  const { run, busy, failure } = useMutation(add)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const key = await run({ name, publicKey })
    if (!key) return
    setPublicKey('')
    setName('')
    onAdded(key)
  }
  return (
    <form onSubmit={submit} className="flex max-w-2xl flex-col gap-4">
      <AreaField
        label="Public key"
        required
        rows={3}
        value={publicKey}
        placeholder="ssh-ed25519 AAAA… you@machine"
        onChange={(event) => setPublicKey(event.target.value)}
        hint={
          <>
            One line, as in <code className="text-xs">~/.ssh/id_ed25519.pub</code>
          </>
        }
        error={failure && `${failure.message} ${failure.hint}`}
      />
      {named && (
        <Field
          label="Name"
          maxLength={80}
          value={name}
          placeholder="The comment of the key, unless you give one"
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <div>
        <Button type="submit" look="primary" busy={busy}>
          Add key
        </Button>
      </div>
    </form>
  )
}

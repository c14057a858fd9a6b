'use client'

import type { TokenView } from '@berth/api'
import { Button, Card, CopyField, Field, Notice, RelativeTime, Section, SelectField } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../live/trpc.ts'
import { useMutation } from '../live/use-mutation.ts'
import { FailureNotice } from './failure-notice.tsx'

type TokensProps = { initial: TokenView[]; loginUrl: string }

export function Tokens({ initial, loginUrl }: TokensProps) {
  const [tokens, setTokens] = useState(initial)
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const made = (token: { token: string; record: TokenView }) => {
    setTokens((before) => [...before, token.record])
    setSecret(token.token)
    setAdding(false)
  }
  return (
    <Section
      title="API tokens"
      description="For the command line, for pushes over HTTP, and for scripts. A token may do what you may do."
      action={
        !adding && (
          <Button size="small" onClick={() => setAdding(true)}>
            Create a token
          </Button>
        )
      }
    >
      {secret && <Secret secret={secret} loginUrl={loginUrl} onDone={() => setSecret(null)} />}
      {adding && <CreateToken onMade={made} onCancel={() => setAdding(false)} />}
      {tokens.length > 0 ? (
        <ul className="divide-y divide-line rounded-md border border-line bg-surface">
          {tokens.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              onRevoked={() => setTokens((before) => before.filter(({ id }) => id !== token.id))}
            />
          ))}
        </ul>
      ) : (
        !adding && (
          <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
            No tokens yet.
          </p>
        )
      )}
    </Section>
  )
}

function Secret({ secret, loginUrl, onDone }: { secret: string; loginUrl: string; onDone: () => void }) {
  return (
    <Notice tone="accent" title="Copy the token now: it is not shown again.">
      <div className="mt-2 flex flex-col gap-3">
        <CopyField value={secret} label="the token" />
        <p>
          With the command line: <code className="text-xs">berth login {loginUrl}</code>
        </p>
        <div>
          <Button size="small" onClick={onDone}>
            I have copied it
          </Button>
        </div>
      </div>
    </Notice>
  )
}

const lifetimes = [
  { value: '30', words: '30 days' },
  { value: '90', words: '90 days' },
  { value: '365', words: 'a year' },
  { value: '', words: 'until it is revoked' },
]

const create = (token: { name: string; expiresInDays: number | null }) =>
  trpc.people.tokens.create.mutate(token)

type CreateTokenProps = {
  onMade: (token: { token: string; record: TokenView }) => void
  onCancel: () => void
}

function CreateToken({ onMade, onCancel }: CreateTokenProps) {
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const { run, busy, failure } = useMutation(create)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const made = await run({ name, expiresInDays: days === '' ? null : Number(days) })
    if (made) onMade(made)
  }
  return (
    <Card className="p-5">
      <form onSubmit={submit} className="flex max-w-2xl flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-[1fr_12rem]">
          <Field
            label="Name"
            required
            autoFocus
            maxLength={80}
            value={name}
            placeholder="laptop"
            onChange={(event) => setName(event.target.value)}
          />
          <SelectField label="Valid for" value={days} options={lifetimes} onChange={setDays} />
        </div>
        {failure && <FailureNotice failure={failure} />}
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={busy}>
            Create token
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </Card>
  )
}

const revoke = (id: string) => trpc.people.tokens.revoke.mutate({ id }).then(() => true)

function TokenRow({ token, onRevoked }: { token: TokenView; onRevoked: () => void }) {
  const { run, busy, failure } = useMutation(revoke)
  return (
    <li className="flex items-center justify-between gap-4 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium">{token.name}</span>
        <code className="text-xs text-muted">{token.prefix}…</code>
        <span className="text-sm text-muted">
          {token.lastUsedAt ? (
            <>
              Used <RelativeTime at={token.lastUsedAt} />
            </>
          ) : (
            'Never used'
          )}
          {token.expiresAt === null ? ' · does not expire' : ` · valid until ${token.expiresAt.slice(0, 10)}`}
        </span>
      </div>
      <div className="flex flex-col items-end gap-1">
        <Button
          size="small"
          look="danger"
          busy={busy}
          aria-label={`Revoke the token ${token.name}`}
          onClick={async () => (await run(token.id)) && onRevoked()}
        >
          Revoke
        </Button>
        {failure && <p className="text-sm text-bad">{failure.message}</p>}
      </div>
    </li>
  )
}

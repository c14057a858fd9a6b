'use client'

import type { TokenView } from '@berth/api'
import { Button, CopyField, Item, ItemList, Notice, RelativeTime, Section, UntilTime } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import { CreateToken } from './create-token.tsx'
import { scopeWords } from './scope-words.ts'

type TokensProps = { initial: TokenView[]; loginUrl: string; apps: string[] }

export function Tokens({ initial, loginUrl, apps }: TokensProps) {
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
      description="For the command line, for pushes over HTTP, and for scripts. A token may do what you may, or less."
      action={
        !adding && (
          <Button size="small" onClick={() => setAdding(true)}>
            Create a token
          </Button>
        )
      }
    >
      {secret && <Secret secret={secret} loginUrl={loginUrl} onDone={() => setSecret(null)} />}
      {adding && <CreateToken apps={apps} onMade={made} onCancel={() => setAdding(false)} />}
      {tokens.length > 0 ? (
        <ItemList label="API tokens">
          {tokens.map((token) => (
            <TokenItem
              key={token.id}
              token={token}
              onRevoked={() => setTokens((before) => before.filter(({ id }) => id !== token.id))}
            />
          ))}
        </ItemList>
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
          With the command line: <code className="text-xs">berth login {loginUrl} --token</code>
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

function TokenItem({ token, onRevoked }: { token: TokenView; onRevoked: () => void }) {
  const [revoking, setRevoking] = useState(false)
  const { id, name, prefix, scope, app, team, lastUsedAt, expiresAt } = token
  const narrowed = app ?? team
  return (
    <Item
      title={name}
      mark={
        <span className="text-sm text-muted">
          {scopeWords[scope].words}
          {narrowed !== null && ` · ${narrowed} alone`}
        </span>
      }
      action={
        <Button size="small" look="danger" onClick={() => setRevoking(true)}>
          Revoke<span className="sr-only"> the token {name}</span>
        </Button>
      }
    >
      <code className="text-xs">{prefix}…</code>
      <span>
        {lastUsedAt ? (
          <>
            Used <RelativeTime at={lastUsedAt} />
          </>
        ) : (
          'Never used'
        )}
        {expiresAt === null ? (
          ' · does not expire'
        ) : (
          <>
            {' · expires '}
            <UntilTime at={expiresAt} />
          </>
        )}
      </span>
      {revoking && (
        <ConfirmChange
          title={`Revoke the token ${name}`}
          description="Whatever uses it is refused from now on."
          action="Revoke"
          change={() => trpc.people.tokens.revoke.mutate({ id })}
          onDone={onRevoked}
          onClose={() => setRevoking(false)}
        />
      )}
    </Item>
  )
}

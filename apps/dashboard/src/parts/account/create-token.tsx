'use client'

import type { Inputs, TokenView } from '@berth/api'
import type { TokenScope } from '@berth/domain'
import { Button, Card, ChoiceField, Field, SelectField } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { usePlace } from '../frame/place.tsx'
import { scopeWords } from './scope-words.ts'

const lifetimes = [
  { value: '30', words: '30 days' },
  { value: '90', words: '90 days' },
  { value: '365', words: 'a year' },
  { value: '', words: 'until it is revoked' },
]
const scopes = (['admin', 'deploy', 'read'] as const).map((value) => ({ value, ...scopeWords[value] }))

const create = (token: Inputs['people']['tokens']['create']) => trpc.people.tokens.create.mutate(token)

type CreateTokenProps = {
  apps: string[]
  onMade: (token: { token: string; record: TokenView }) => void
  onCancel: () => void
}

export function CreateToken({ apps, onMade, onCancel }: CreateTokenProps) {
  const { teams } = usePlace()
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const [scope, setScope] = useState<TokenScope>('admin')
  /** `app shop`, `team ID`; empty: wherever one may oneself. */
  const [narrowed, setNarrowed] = useState('')
  const { run, busy, failure } = useMutation(create)
  const places = [
    { value: '', words: 'all your teams and apps' },
    ...teams.map((team) => ({ value: `team ${team.id}`, words: `the team ${team.name}` })),
    ...apps.map((app) => ({ value: `app ${app}`, words: `the app ${app}` })),
  ]
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const expiresInDays = days === '' ? null : Number(days)
    const made = await run({ name, expiresInDays, scope, ...placeIn(narrowed) })
    if (made) onMade(made)
  }
  return (
    <Card className="p-5">
      <form onSubmit={submit} className="flex max-w-2xl flex-col gap-5">
        <Field
          label="Name"
          required
          autoFocus
          maxLength={80}
          value={name}
          placeholder="laptop"
          onChange={(event) => setName(event.target.value)}
        />
        <ChoiceField label="It may" value={scope} options={scopes} onChange={setScope} />
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label="Counts for" value={narrowed} options={places} onChange={setNarrowed} />
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

function placeIn(narrowed: string): { app?: string; team?: string } {
  const [kind, which] = [narrowed.slice(0, narrowed.indexOf(' ')), narrowed.slice(narrowed.indexOf(' ') + 1)]
  return kind === 'app' ? { app: which } : kind === 'team' ? { team: which } : {}
}

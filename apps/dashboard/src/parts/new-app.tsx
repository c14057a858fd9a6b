'use client'

import type { AppDetail } from '@berth/api'
import { Button, Field, Notice, Section } from '@berth/ui'
import Link from 'next/link'
import { type FormEvent, useState } from 'react'
import { trpc } from '../live/trpc.ts'
import { useMutation } from '../live/use-mutation.ts'
import { AddKey } from './add-key.tsx'
import { PushInstructions } from './push-instructions.tsx'
import { shortUrl } from './short-url.ts'

const create = (app: { name: string }) => trpc.apps.create.mutate(app)

/** First the name, then how to push: the same page goes on. */
export function NewApp({ ending, hasKey }: { ending: string; hasKey: boolean }) {
  const [app, setApp] = useState<AppDetail | null>(null)
  const [keyed, setKeyed] = useState(hasKey)
  if (app) return <PushIt app={app} keyed={keyed} onKey={() => setKeyed(true)} />
  return <NameIt ending={ending} onCreated={setApp} />
}

function NameIt({ ending, onCreated }: { ending: string; onCreated: (app: AppDetail) => void }) {
  const [name, setName] = useState('')
  const { run, busy, failure, clear } = useMutation(create)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const created = await run({ name })
    if (created) onCreated(created)
  }
  return (
    <form onSubmit={submit} className="flex max-w-lg flex-col gap-5">
      <Field
        label="Name"
        name="name"
        required
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        value={name}
        placeholder="my-app"
        onChange={(event) => {
          setName(event.target.value)
          clear()
        }}
        error={failure && `${failure.message} ${failure.hint}`}
        hint={
          <>
            It will answer at{' '}
            <span className="font-mono text-xs text-text">
              {name || 'my-app'}
              {ending}
            </span>
          </>
        }
      />
      <div>
        <Button type="submit" look="primary" busy={busy}>
          Create app
        </Button>
      </div>
    </form>
  )
}

function PushIt({ app, keyed, onKey }: { app: AppDetail; keyed: boolean; onKey: () => void }) {
  return (
    <div className="flex max-w-2xl flex-col gap-8">
      <Notice tone="good" title={`${app.name} is there.`}>
        After the first push it answers at{' '}
        <span className="font-mono text-xs text-text">{shortUrl(app.url)}</span>
      </Notice>
      {!keyed && (
        <Section
          title="1. Add an SSH key"
          description="Your account has none yet, and a push over SSH needs one. Over HTTP you need a token instead."
        >
          <AddKey onAdded={onKey} />
        </Section>
      )}
      <Section
        title={keyed ? 'Push' : '2. Push'}
        description="In your repository, with a Dockerfile at its root. The push prints the build as it happens."
      >
        <PushInstructions remotes={app.remotes} />
      </Section>
      <div>
        <Button asChild>
          <Link href={`/apps/${app.name}`}>Open {app.name}</Link>
        </Button>
      </div>
    </div>
  )
}

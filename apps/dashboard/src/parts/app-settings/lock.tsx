'use client'

import type { AppDetail } from '@berth/api'
import { Button, Field, Notice, RelativeTime, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

const lock = (asked: { app: string; reason: string | null }) => trpc.apps.lock.mutate(asked)
const unlock = (app: string) => trpc.apps.unlock.mutate({ app })

/** While it is locked nothing new is deployed; what runs goes on. */
export function Lock() {
  const { value: app, readNow } = useApp()
  const mayChange = app.can.includes('app.cancel')
  return (
    <Section
      title="Lock"
      description="While an app is locked, pushes, other configuration, limits and rollbacks are refused. What runs goes on, and can be restarted and scaled."
    >
      {app.lock === null
        ? mayChange && <LockIt name={app.name} onLocked={readNow} />
        : !mayChange && <Locked lock={app.lock} />}
      {app.lock !== null && mayChange && <Unlock name={app.name} lock={app.lock} onUnlocked={readNow} />}
      {app.lock === null && !mayChange && <p>Not locked.</p>}
    </Section>
  )
}

function LockIt({ name, onLocked }: { name: string; onLocked: () => void }) {
  const [reason, setReason] = useState('')
  const { run, busy, failure } = useMutation(lock)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await run({ app: name, reason: reason.trim() || null })) onLocked()
  }
  return (
    <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <Field
        label="Reason"
        maxLength={200}
        autoComplete="off"
        placeholder="until Monday: the database moves"
        hint="Whoever is refused is told. It may stay empty."
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {failure && <FailureNotice failure={failure} />}
      <div>
        <Button type="submit" busy={busy}>
          Lock {name}
        </Button>
      </div>
    </form>
  )
}

type LockOfApp = NonNullable<AppDetail['lock']>

function Locked({ lock: { at, by, reason } }: { lock: LockOfApp }) {
  return (
    <Notice tone="warn" title={reason === null ? 'Locked.' : `Locked: ${reason}`}>
      {by === null ? 'Since ' : `By ${by}, `}
      <RelativeTime at={at} />
    </Notice>
  )
}

function Unlock({ name, lock: held, onUnlocked }: { name: string; lock: LockOfApp; onUnlocked: () => void }) {
  const { run, busy, failure } = useMutation(unlock)
  return (
    <>
      <Locked lock={held} />
      {failure && <FailureNotice failure={failure} />}
      <div>
        <Button busy={busy} onClick={async () => (await run(name)) && onUnlocked()}>
          Unlock {name}
        </Button>
      </div>
    </>
  )
}

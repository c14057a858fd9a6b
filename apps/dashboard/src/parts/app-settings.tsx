'use client'

import { Button, Card, CopyField, Dialog, Field, Section } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { trpc } from '../live/trpc.ts'
import { useMutation } from '../live/use-mutation.ts'
import { useApp } from './app-frame.tsx'
import { Fact } from './current-release.tsx'
import { FailureNotice } from './failure-notice.tsx'

/** What is set about an app; at the bottom, and apart, what cannot be undone. */
export function AppSettings() {
  const { value: app } = useApp()
  return (
    <div className="flex max-w-2xl flex-col gap-10">
      <Section title="Push to this app">
        <div className="flex min-w-0 flex-col gap-3">
          <CopyField value={app.remotes.ssh} label="the address for SSH" />
          <CopyField value={app.remotes.http} label="the address for HTTP" />
        </div>
        <Card className="px-5 py-4">
          <dl className="flex flex-wrap gap-x-10 gap-y-3">
            <Fact name="Branch that deploys">
              {app.deployBranch ?? 'the first of main or master to be pushed'}
            </Fact>
            <Fact name="Answers at">{app.url}</Fact>
          </dl>
        </Card>
      </Section>
      <RemoveApp name={app.name} />
    </div>
  )
}

function RemoveApp({ name }: { name: string }) {
  const [open, setOpen] = useState(false)
  return (
    <Section title="Remove this app" className="border-t border-line pt-8">
      <p className="text-muted">
        Stops every instance and removes the app with its releases, its repository here and its logs. This
        cannot be undone.
      </p>
      <div>
        <Button look="danger" onClick={() => setOpen(true)}>
          Remove {name}
        </Button>
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Remove ${name}`}
        description="Type the name of the app. Its address stops answering at once."
      >
        <ConfirmRemoval name={name} onCancel={() => setOpen(false)} />
      </Dialog>
    </Section>
  )
}

const remove = (app: { app: string; confirmedName: string }) => trpc.apps.remove.mutate(app)

function ConfirmRemoval({ name, onCancel }: { name: string; onCancel: () => void }) {
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const { run, busy, failure } = useMutation(remove)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await run({ app: name, confirmedName: typed })) router.push('/')
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label="Name of the app"
        mono
        autoFocus
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {failure && <FailureNotice failure={failure} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Keep it</Button>
        <Button type="submit" look="danger" disabled={typed !== name} busy={busy}>
          Remove for good
        </Button>
      </div>
    </form>
  )
}

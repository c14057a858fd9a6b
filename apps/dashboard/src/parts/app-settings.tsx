'use client'

import { Button, Card, ConfirmByName, CopyField, Section } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../live/trpc.ts'
import { useMutation } from '../live/use-mutation.ts'
import { useApp } from './app-frame.tsx'
import { Fact } from './fact.tsx'
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
      {app.can.includes('app.remove') && <RemoveApp name={app.name} />}
    </div>
  )
}

const remove = (app: { app: string; confirmedName: string }) => trpc.apps.remove.mutate(app)

function RemoveApp({ name }: { name: string }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const { run, busy, failure } = useMutation(remove)
  const confirm = async (confirmedName: string) => {
    if (await run({ app: name, confirmedName })) router.push('/')
  }
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
      <ConfirmByName
        open={open}
        onOpenChange={setOpen}
        title={`Remove ${name}`}
        description="Its address stops answering at once."
        label="Name of the app"
        name={name}
        action="Remove for good"
        busy={busy}
        failure={failure && <FailureNotice failure={failure} />}
        onConfirm={confirm}
      />
    </Section>
  )
}

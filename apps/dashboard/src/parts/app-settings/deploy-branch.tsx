'use client'

import { Button, Field, Said, type SaidText, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

const setBranch = (asked: { app: string; branch: string }) => trpc.apps.setBranch.mutate(asked)

export function DeployBranch() {
  const { value: app, readNow } = useApp()
  const [typed, setTyped] = useState<string | null>(null)
  const [said, setSaid] = useState<SaidText | null>(null)
  const { run, busy, failure } = useMutation(setBranch)
  const branch = typed ?? app.deployBranch ?? ''
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setSaid(null)
    const saved = await run({ app: app.name, branch })
    if (saved === undefined) return
    // The app is read anew a moment later: what it had before is not to flash up, nor to take what is typed meanwhile.
    setTyped(saved.branch)
    setSaid({ title: `Pushes to ${saved.branch} deploy from now on.` })
    readNow()
  }
  const description = 'Pushes to it deploy. Other branches are kept and not deployed.'
  if (!app.can.includes('app.change')) {
    return (
      <Section title="Branch that deploys" description={description}>
        <p className="font-mono text-sm">{app.deployBranch ?? 'the first of main or master to be pushed'}</p>
      </Section>
    )
  }
  return (
    <Section title="Branch that deploys" description={description}>
      <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <Field
          label="Branch"
          mono
          required
          maxLength={200}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="main"
          value={branch}
          onChange={(event) => setTyped(event.target.value)}
          hint={
            app.deployBranch === null
              ? 'Not chosen yet: the first of main or master to be pushed becomes it.'
              : 'Nothing is deployed by choosing another; the next push to it is.'
          }
        />
        {failure && <FailureNotice failure={failure} />}
        <Said said={said} onRead={() => setSaid(null)} />
        <div>
          <Button
            type="submit"
            busy={busy}
            disabled={branch.trim() === '' || branch.trim() === app.deployBranch}
          >
            Save the branch
          </Button>
        </div>
      </form>
    </Section>
  )
}

'use client'

import { CodeBlock, Field, FormDialog } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

const rename = (asked: { app: string; name: string }) => trpc.apps.rename.mutate(asked)

export function RenameApp({ name, onClose }: { name: string; onClose: () => void }) {
  const router = useRouter()
  const { value: app } = useApp()
  const [typed, setTyped] = useState('')
  const { run, busy, failure } = useMutation(rename)
  const wanted = typed.trim() || 'NEW-NAME'
  const submit = async () => {
    const renamed = await run({ app: name, name: typed.trim() })
    if (renamed) router.replace(`/apps/${renamed.name}/settings`)
  }
  return (
    <FormDialog
      title={`Rename ${name}`}
      description={`${app.url} answers no more; ${app.url.replace(`//${name}.`, `//${wanted}.`)} does.`}
      action="Rename"
      keep="Keep the name"
      danger
      busy={busy}
      disabled={typed.trim() === '' || typed.trim() === name}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label="New name"
        mono
        required
        autoFocus
        maxLength={60}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <p className="text-sm text-muted">Afterwards, whoever pushes to it tells git once:</p>
      <CodeBlock
        code={`git remote set-url berth ${app.remotes.ssh.replace(`/${name}.git`, `/${wanted}.git`)}`}
        label="Command"
        prompt
      />
    </FormDialog>
  )
}

'use client'

import type { ConfigurationChanged, ConfigurationView } from '@berth/api'
import { Button, Dialog } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { type Draft, type DraftRow, fileRows, variableRows } from './draft.ts'
import { OvertakenNotice } from './overtaken-notice.tsx'
import { saySaving } from './say-saving.ts'
import type { HeldDraft } from './use-draft.ts'
import { DraftBadge } from './variable-row.tsx'

type ReviewDialogProps = {
  open: boolean
  onClose: () => void
  held: HeldDraft
  now: ConfigurationView
  onSaved: (changed: ConfigurationChanged) => void
  readNow: () => void
}

type Saving = { app: string; draft: Draft; seen: string | null }

const save = ({ app, draft: { set, unset, setFiles, unsetFiles }, seen }: Saving) => {
  const contents = Object.fromEntries(Object.entries(setFiles).map(([name, { content }]) => [name, content]))
  const change = { set, unset: [...unset], setFiles: contents, unsetFiles: [...unsetFiles] }
  return trpc.configuration.change.mutate({ app, ...change, seen })
}

/** What changes, by name, and what saving it does. Where somebody was faster, that first. */
export function ReviewDialog({ open, onClose, held, now, onSaved, readNow }: ReviewDialogProps) {
  const { value: app } = useApp()
  const { run, busy, failure, clear } = useMutation(save)
  const isLate = failure?.code === 'CONFIGURATION.CHANGED_MEANWHILE'
  const submit = async () => {
    const changed = await run({ app: app.name, draft: held.draft, seen: held.base.changed?.at ?? null })
    if (changed === undefined) return readNow()
    held.discard()
    onSaved(changed)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(stays) => {
        if (stays) return
        clear()
        onClose()
      }}
      title="Save these changes"
      description={saySaving(now.next)}
    >
      <Changes title="Variables" rows={variableRows(now, held.draft)} />
      <Changes title="Secret files" rows={fileRows(now, held.draft)} />
      {held.isOvertaken ? (
        <OvertakenNotice held={held} now={now} />
      ) : (
        failure && !isLate && <FailureNotice failure={failure} />
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Go on editing</Button>
        <Button look="primary" busy={busy} disabled={held.isOvertaken || app.lock !== null} onClick={submit}>
          {now.next ? `Save and deploy v${now.next.version}` : 'Save'}
        </Button>
      </div>
      {app.lock && (
        <p className="text-right text-sm text-muted">
          {app.name} is locked: saving waits until it is unlocked.
        </p>
      )}
    </Dialog>
  )
}

function Changes({ title, rows }: { title: string; rows: DraftRow[] }) {
  const changed = rows.filter(({ state }) => state !== 'kept')
  if (changed.length === 0) return null
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h3 className="text-sm font-medium">{title}</h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {changed.map(({ name, state }) => (
          <li key={name} className="flex items-center justify-between gap-3 px-3 py-2">
            <code className="min-w-0 text-sm break-all">{name}</code>
            <DraftBadge state={state} />
          </li>
        ))}
      </ul>
    </section>
  )
}

'use client'

import { Confirm, type SaidText } from '@berth/ui'
import { trpc } from '../../../live/trpc.ts'
import { useMutation } from '../../../live/use-mutation.ts'
import { FailureNotice } from '../../failure-notice.tsx'

const remove = (job: { app: string; name: string }) => trpc.cron.remove.mutate(job)

type RemoveProps = { app: string; name: string | null; onOver: () => void; onSaid: (said: SaidText) => void }

export function RemoveJob({ app, name, onOver, onSaid }: RemoveProps) {
  const { run, busy, failure } = useMutation(remove)
  const confirm = async () => {
    if (name === null || !(await run({ app, name }))) return
    onOver()
    onSaid({ title: `${name} was removed.`, more: 'Its runs are kept.' })
  }
  return (
    <Confirm
      open={name !== null}
      onOpenChange={(open) => !open && onOver()}
      title={`Remove ${name ?? ''}`}
      description="It is due no more. A run that is under way goes on to its end."
      name={{ label: 'Name of the job', value: name ?? '' }}
      action="Remove for good"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onConfirm={confirm}
    />
  )
}
